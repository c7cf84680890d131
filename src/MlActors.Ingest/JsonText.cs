using System.Buffers.Text;
using System.Text;

namespace MlActors.Ingest;

/// <summary>The texts of scanned values. All take what <see cref="JsonLexer"/> has found valid.</summary>
internal static class JsonText
{
    /// <summary>Appends the UTF-8 of a JSON string. Half a surrogate pair becomes U+FFFD; invalid bytes stay as they are.</summary>
    /// <param name="raw">The string without its quotes.</param>
    public static void Unescape(ReadOnlySpan<byte> raw, ScratchBytes to)
    {
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            if (escape < 0) break;
            to.Add(raw[..escape]);
            raw = raw[(escape + 1)..];
            if (raw[0] == 'u') UnescapeRune(ref raw, to);
            else
            {
                to.Add(raw[0] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var itself => itself,
                });
                raw = raw[1..];
            }
        }
        to.Add(raw);
    }

    /// <summary>As much of a text as is at most so many UTF-16 units; no character is cut in two.</summary>
    /// <param name="text">UTF-8, possibly with invalid bytes.</param>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> text, int units)
    {
        if (text.Length <= units) return text;
        for (var i = 0; i < text.Length; i++)
        {
            // The first byte of a character stands for it; those of four bytes are a pair of surrogates.
            if ((text[i] & 0xC0) == 0x80) continue;
            units -= text[i] >= 0xF0 ? 2 : 1;
            if (units < 0) return text[..i];
        }
        return text;
    }

    private static void UnescapeRune(ref ReadOnlySpan<byte> raw, ScratchBytes to)
    {
        var unit = Unit(raw);
        raw = raw[5..];
        if (!Rune.TryCreate(unit, out var rune))
        {
            rune = Rune.ReplacementChar;
            if (raw.StartsWith("\\u"u8) && Rune.TryCreate(unit, Unit(raw[1..]), out var pair))
            {
                rune = pair;
                raw = raw[6..];
            }
        }
        Span<byte> utf8 = stackalloc byte[4];
        to.Add(utf8[..rune.EncodeToUtf8(utf8)]);
    }

    // The four digits after the u.
    private static char Unit(ReadOnlySpan<byte> raw)
    {
        Utf8Parser.TryParse(raw.Slice(1, 4), out ushort unit, out _, 'x');
        return (char)unit;
    }

    /// <summary>Appends the elements of an array of scalars, joined by commas: texts without quotes, null as nothing, all else as written.</summary>
    /// <param name="raw">The array with its brackets.</param>
    public static void Join(ReadOnlySpan<byte> raw, ScratchBytes to)
    {
        var pos = 1;
        while (true)
        {
            while (JsonLexer.IsSpace(raw[pos])) pos++;
            switch (raw[pos])
            {
                case (byte)']': return;
                case (byte)',':
                    to.Add((byte)',');
                    pos++;
                    break;
                case (byte)'"':
                    var length = LengthOfString(raw[(pos + 1)..]);
                    Unescape(raw.Slice(pos + 1, length), to);
                    pos += length + 2;
                    break;
                default:
                    length = raw[pos..].IndexOfAny(", ]\t\r\n"u8);
                    if (raw[pos] != 'n') to.Add(raw.Slice(pos, length));
                    pos += length;
                    break;
            }
        }
    }

    private static int LengthOfString(ReadOnlySpan<byte> raw)
    {
        var length = 0;
        while (raw[length] != '"') length += raw[length] == '\\' ? 2 : 1;
        return length;
    }
}
