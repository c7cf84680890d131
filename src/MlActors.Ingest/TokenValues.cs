namespace MlActors.Ingest;

/// <summary>What the token of a field is worth as a text and as a number. The text is valid until the next one is asked for.</summary>
internal sealed class TokenValues
{
    private readonly ScratchBytes _scratch = new();

    /// <summary>The text: strings unescaped, numbers and truth values as written, null as the empty text, lists joined by commas.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes, in FieldToken token)
    {
        if (token.Kind == TokenKind.Null) return [];
        var raw = bytes.Slice(token.Start, token.Length);
        if (token.Kind != TokenKind.List && !token.Escaped) return raw;
        _scratch.Clear();
        if (token.Kind == TokenKind.List) JsonText.Join(raw, _scratch);
        else JsonText.Unescape(raw, _scratch);
        return _scratch.Written;
    }

    /// <summary>The number, also of a text that holds one; NaN where there is none or a double cannot hold it.</summary>
    public double Number(ReadOnlySpan<byte> bytes, in FieldToken token)
    {
        double value;
        switch (token.Kind)
        {
            case TokenKind.Number:
                value = token.Number.ToDouble(bytes.Slice(token.Start, token.Length));
                break;
            case TokenKind.Text when !token.Escaped && JsonLexer.Number(bytes, token.Start, out var parts) == token.Start + token.Length:
                value = parts.ToDouble(bytes.Slice(token.Start, token.Length));
                break;
            case TokenKind.Text or TokenKind.List:
                value = NumberParts.Parse(Text(bytes, token));
                break;
            default:
                return double.NaN;
        }
        return double.IsFinite(value) ? value : double.NaN;
    }
}
