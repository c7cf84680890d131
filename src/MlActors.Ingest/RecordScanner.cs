namespace MlActors.Ingest;

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
internal sealed class RecordScanner(FieldPaths paths)
{
    /// <summary>How deeply objects and arrays may be nested, the record itself included.</summary>
    public const int MaxDepth = 64;

    private readonly FieldToken[] _tokens = new FieldToken[paths.Names.Count];
    private readonly RecordShapes _shapes = new();
    private readonly ScratchBytes _scratch = new();

    // The nodes of the open objects, the record itself first.
    private readonly int[] _open = new int[MaxDepth];
    private int _depth;

    /// <summary>After <see cref="ScanOutcome.Complete"/>: the tracked fields, by number; of a repeated key, the last value.</summary>
    public ReadOnlySpan<FieldToken> Tokens => _tokens;

    /// <summary>After completion: the position after the record. After a failure: the offending byte.</summary>
    public int Position { get; private set; }

    /// <summary>After completion: how many fields the record has, nested ones each, the time field not counted.</summary>
    public int FieldCount { get; private set; }

    /// <summary>Scans one record.</summary>
    /// <param name="text">Followed by a zero byte and padding as <see cref="JsonLexer"/> wants it.</param>
    /// <param name="start">Position of the record's opening brace.</param>
    /// <param name="end">Position of the zero byte.</param>
    public ScanOutcome Scan(ReadOnlySpan<byte> text, int start, int end)
    {
        Array.Clear(_tokens);
        _shapes.BeginRecord();
        _depth = 0;
        var (pos, step, fields) = (start, RecordShapes.Start, 0);
        while (true)
        {
            int value, field;
            var guess = _shapes.Guess(step, text, pos);
            ref readonly var known = ref _shapes[guess];
            if (guess != RecordShapes.None && (known.Node == RecordShapes.Step.End || MayBeLeaf(text[pos + known.Length])))
            {
                value = pos + known.Length;
                if (known.Node == RecordShapes.Step.End) return Complete(value, fields);
                field = known.Field;
                step = guess;
            }
            else
            {
                // Only parsed steps keep the stack up to date.
                if (step > RecordShapes.Start) Open(_shapes.StackAt(step));
                value = ParseToValue(text, pos, out var node);
                if (value < 0) return Fail(~value, end);
                field = node == RecordShapes.Step.End ? -1 : paths.FieldAt(node);
                step = _shapes.Learn(step, text[pos..value], node, field, _open.AsSpan(0, _depth));
                if (node == RecordShapes.Step.End) return Complete(value, fields);
            }

            var first = text[value];
            if (first == '"')
            {
                var close = JsonLexer.CloseOfString(text, value + 1, out var escaped);
                if (close < 0) return Fail(~close, end);
                if (field >= 0) Keep(field, TokenKind.Text, value + 1, close, escaped);
                pos = close + 1;
            }
            else if (first == '-' || (uint)(first - '0') <= 9)
            {
                pos = JsonLexer.Number(text, value, out var number);
                if (pos < 0) return Fail(~pos, end);
                if (field >= 0)
                {
                    Keep(field, TokenKind.Number, value, pos, escaped: false);
                    _tokens[field].Number = number;
                }
            }
            else
            {
                pos = ReadOther(text, value, field, step);
                if (pos < 0) return Fail(~pos, end);
            }
            if (field != FieldPaths.TimeField) fields++;
        }
    }

    // Whether the bytes of a step are really all that is before the value: there is not one more space, nor an object in its place.
    private static bool MayBeLeaf(byte first) => first > ' ' && first != '{';

    // Reads an array, true, false or null.
    private int ReadOther(ReadOnlySpan<byte> text, int pos, int field, int step)
    {
        var start = pos;
        TokenKind kind;
        if (text[pos] == '[')
        {
            var depth = step == RecordShapes.None ? _depth : _shapes.StackAt(step).Length;
            pos = JsonLexer.Array(text, pos, MaxDepth - depth, out var flat);
            kind = flat ? TokenKind.List : TokenKind.None;
        }
        else
        {
            kind = text[pos] == 'n' ? TokenKind.Null : TokenKind.Literal;
            pos = JsonLexer.Literal(text, pos);
        }
        if (pos >= 0 && field >= 0 && kind != TokenKind.None) Keep(field, kind, start, pos, escaped: false);
        return pos;
    }

    // Reads all that is between two values, from the end of the one before – or the start of the record – to the next that is not an object.
    // At the end of the record, gives the position after it.
    private int ParseToValue(ReadOnlySpan<byte> text, int pos, out int node)
    {
        node = FieldPaths.Root;
        var afterValue = _depth > 0;
        while (true)
        {
            if (!afterValue)
            {
                // A value: when it is an object, what counts is its first field.
                if (text[pos] != '{') return pos;
                if (_depth == MaxDepth) return ~pos;
                _open[_depth++] = node;
                pos = JsonLexer.SkipSpace(text, pos + 1);
                afterValue = text[pos] == '}';
            }
            else
            {
                pos = JsonLexer.SkipSpace(text, pos);
                if (text[pos] == ',')
                {
                    pos = JsonLexer.SkipSpace(text, pos + 1);
                    afterValue = false;
                }
                else if (text[pos] != '}') return ~pos;
            }

            if (afterValue)
            {
                pos++;
                if (--_depth > 0) continue;
                node = RecordShapes.Step.End;
                return pos;
            }
            if (text[pos] != '"') return ~pos;
            var quote = JsonLexer.CloseOfString(text, pos + 1, out var escaped);
            if (quote < 0) return quote;
            node = Follow(_open[_depth - 1], text[(pos + 1)..quote], escaped);
            pos = JsonLexer.SkipSpace(text, quote + 1);
            if (text[pos] != ':') return ~pos;
            pos = JsonLexer.SkipSpace(text, pos + 1);
        }
    }

    private int Follow(int node, ReadOnlySpan<byte> key, bool escaped)
    {
        if (node == FieldPaths.Nowhere) return node;
        if (!escaped) return paths.Follow(node, key);
        _scratch.Clear();
        JsonText.Unescape(key, _scratch);
        return paths.Follow(node, _scratch.Written);
    }

    private void Open(ReadOnlySpan<int> stack)
    {
        stack.CopyTo(_open);
        _depth = stack.Length;
    }

    private void Keep(int field, TokenKind kind, int start, int end, bool escaped)
    {
        ref var token = ref _tokens[field];
        token.Start = start;
        token.Length = end - start;
        token.Kind = kind;
        token.Escaped = escaped;
    }

    private ScanOutcome Complete(int position, int fields)
    {
        FieldCount = fields;
        Position = position;
        return ScanOutcome.Complete;
    }

    private ScanOutcome Fail(int position, int end)
    {
        Position = position;
        return position < end ? ScanOutcome.Malformed : ScanOutcome.Incomplete;
    }
}
