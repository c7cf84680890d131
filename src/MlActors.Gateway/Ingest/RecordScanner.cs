namespace MlActors.Gateway.Ingest;

internal enum ScanOutcome { Complete, Incomplete, Malformed }

internal enum TokenKind : byte { None, Text, Number, Literal, Null, List }

/// <summary>Where a tracked field has its value in the scanned bytes; the quotes of a text are left out.</summary>
internal struct FieldToken
{
    public NumberParts Number;
    public int Start;
    public int Length;
    public TokenKind Kind;
    public bool Escaped;
}

/// <summary>
/// Finds the tracked fields of one record. Strict about JSON and strictly left to right: a failure is always at the first byte that no valid
/// record can have there, and does not depend on what follows, so a record may be tried again when more of it has arrived.
/// </summary>
internal sealed partial class RecordScanner(FieldPaths paths)
{
    /// <summary>How deeply objects and arrays may be nested, the record itself included.</summary>
    public const int MaxDepth = 64;

    private readonly FieldToken[] _tokens = new FieldToken[paths.Names.Count];
    private readonly RecordShape _shape = new();
    private readonly ScratchBytes _scratch = new();
    private int _leaves;

    /// <summary>After <see cref="ScanOutcome.Complete"/>: the tracked fields, by number; of a repeated key, the last value.</summary>
    public ReadOnlySpan<FieldToken> Tokens => _tokens;

    /// <summary>After completion: the position after the record. After a failure: the offending byte.</summary>
    public int Position { get; private set; }

    /// <summary>After completion: how many fields the record has, nested ones each, the time field not counted.</summary>
    public int FieldCount => _leaves;

    /// <summary>Scans one record.</summary>
    /// <param name="text">Followed by a zero byte and padding as <see cref="JsonLexer"/> wants it.</param>
    /// <param name="start">Position of the record's opening brace.</param>
    /// <param name="end">Position of the zero byte.</param>
    public ScanOutcome Scan(ReadOnlySpan<byte> text, int start, int end)
    {
        Array.Clear(_tokens);
        _leaves = 0;
        var pos = start;
        var steps = _shape.Count;
        for (var i = 0; i < steps; i++)
        {
            ref readonly var step = ref _shape[i];
            if (!text[pos..].StartsWith(_shape.GlueOf(step))) return Resume(text, pos, end, i);
            var value = pos + step.Length;
            if (step.Node == RecordShape.Step.End) return Complete(value);

            var first = text[value];
            if (first == '"')
            {
                var close = JsonLexer.CloseOfString(text, value + 1, out var escaped);
                if (close < 0) return Fail(~close, end);
                if (step.Field >= 0) Keep(step.Field, TokenKind.Text, value + 1, close, escaped);
                pos = close + 1;
            }
            else if (first == '-' || (uint)(first - '0') <= 9)
            {
                var after = JsonLexer.Number(text, value, out var number);
                if (after < 0) return Fail(~after, end);
                if (step.Field >= 0)
                {
                    Keep(step.Field, TokenKind.Number, value, after, escaped: false);
                    _tokens[step.Field].Number = number;
                }
                pos = after;
            }
            else return Resume(text, pos, end, i);
            if (step.Field != FieldPaths.TimeField) _leaves++;
        }
        return Resume(text, pos, end, steps);
    }

    private void Keep(int field, TokenKind kind, int start, int end, bool escaped)
    {
        ref var token = ref _tokens[field];
        token.Start = start;
        token.Length = end - start;
        token.Kind = kind;
        token.Escaped = escaped;
    }

    private ScanOutcome Complete(int position)
    {
        Position = position;
        return ScanOutcome.Complete;
    }

    private ScanOutcome Fail(int position, int end)
    {
        Position = position;
        return position < end ? ScanOutcome.Malformed : ScanOutcome.Incomplete;
    }
}
