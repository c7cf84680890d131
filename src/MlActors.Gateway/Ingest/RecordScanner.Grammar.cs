namespace MlActors.Gateway.Ingest;

// The scanner where the shape of the record before does not help: the whole grammar of a record.
internal sealed partial class RecordScanner
{
    private enum Expect { FirstKey, Key, Value, Comma }

    // The nodes of the open objects, from depth 1 on.
    private readonly int[] _nodes = new int[MaxDepth + 1];

    // Goes on after the first `known` values, all of which were as the shape says.
    private ScanOutcome Resume(ReadOnlySpan<byte> text, int pos, int end, int known)
    {
        _shape.Truncate(known);
        var glue = pos; // where the bytes between two values begin
        var step = known;
        var depth = 1;
        var node = FieldPaths.Nowhere;
        Expect expect;
        if (known == 0)
        {
            _nodes[1] = FieldPaths.Root;
            expect = Expect.FirstKey;
            pos++;
        }
        else
        {
            var open = _shape.StackAt(known - 1);
            open.CopyTo(_nodes.AsSpan(1));
            depth = open.Length;
            expect = Expect.Comma;
        }

        while (true)
        {
            switch (expect)
            {
                case Expect.FirstKey:
                    pos = JsonLexer.SkipSpace(text, pos);
                    if (text[pos] != '}') goto case Expect.Key;
                    goto close;

                case Expect.Key:
                    if (text[pos] != '"') return Fail(pos, end);
                    var quote = JsonLexer.CloseOfString(text, pos + 1, out var escapedKey);
                    if (quote < 0) return Fail(~quote, end);
                    node = Follow(_nodes[depth], text[(pos + 1)..quote], escapedKey);
                    pos = JsonLexer.SkipSpace(text, quote + 1);
                    if (text[pos] != ':') return Fail(pos, end);
                    pos = JsonLexer.SkipSpace(text, pos + 1);
                    goto case Expect.Value;

                case Expect.Value:
                    if (text[pos] == '{')
                    {
                        if (depth == MaxDepth) return Fail(pos, end);
                        _nodes[++depth] = node;
                        pos++;
                        expect = Expect.FirstKey;
                        continue;
                    }
                    var field = paths.FieldAt(node);
                    _shape.Learn(step++, text[glue..pos], node, field, _nodes.AsSpan(1, depth));
                    pos = Leaf(text, pos, field, MaxDepth - depth);
                    if (pos < 0) return Fail(~pos, end);
                    glue = pos;
                    goto case Expect.Comma;

                case Expect.Comma:
                    pos = JsonLexer.SkipSpace(text, pos);
                    if (text[pos] == '}') goto close;
                    if (text[pos] != ',') return Fail(pos, end);
                    pos = JsonLexer.SkipSpace(text, pos + 1);
                    expect = Expect.Key;
                    continue;
            }

        close:
            pos++;
            expect = Expect.Comma;
            if (--depth > 0) continue;
            _shape.Learn(step, text[glue..pos], RecordShape.Step.End, -1, []);
            return Complete(pos);
        }
    }

    // Reads a value that is not an object.
    private int Leaf(ReadOnlySpan<byte> text, int pos, int field, int room)
    {
        var start = pos;
        var kind = TokenKind.Literal;
        var escaped = false;
        var number = default(NumberParts);
        var end = pos;
        switch (text[pos])
        {
            case (byte)'"':
                start++;
                end = JsonLexer.CloseOfString(text, start, out escaped);
                pos = end < 0 ? end : end + 1;
                kind = TokenKind.Text;
                break;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                pos = end = JsonLexer.Number(text, pos, out number);
                kind = TokenKind.Number;
                break;
            case (byte)'[':
                pos = end = JsonLexer.Array(text, pos, room, out var flat);
                kind = flat ? TokenKind.List : TokenKind.None;
                break;
            default:
                if (text[pos] == 'n') kind = TokenKind.Null;
                pos = end = JsonLexer.Literal(text, pos);
                break;
        }
        if (pos < 0) return pos;
        if (field != FieldPaths.TimeField) _leaves++;
        if (field >= 0 && kind != TokenKind.None)
        {
            Keep(field, kind, start, end, escaped);
            _tokens[field].Number = number;
        }
        return pos;
    }

    private int Follow(int node, ReadOnlySpan<byte> key, bool escaped)
    {
        if (node == FieldPaths.Nowhere) return node;
        if (!escaped) return paths.Follow(node, key);
        _scratch.Clear();
        JsonText.Unescape(key, _scratch);
        return paths.Follow(node, _scratch.Written);
    }
}
