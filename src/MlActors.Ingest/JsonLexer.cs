using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlActors.Ingest;

/// <summary>
/// The tokens of JSON over UTF-8, as strict as RFC 8259 except that the bytes of strings need not be valid UTF-8.
/// Every method takes the position at which its token starts and gives the position after it, or the complement of the position of the
/// first byte that cannot belong to valid JSON.
/// The text must be followed by a zero byte: zero is nowhere allowed, so reading stops there without a check of the length, and a failure at
/// that very place means "more bytes are needed". After the zero byte, <see cref="Padding"/> − 1 more bytes must be readable.
/// </summary>
internal static class JsonLexer
{
    public const int Padding = 32;

    private static readonly ulong[] PowersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    public static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipSpace(ReadOnlySpan<byte> text, int pos)
    {
        while (text[pos] <= ' ' && IsSpace(text[pos])) pos++;
        return pos;
    }

    /// <summary>Reads the rest of a string.</summary>
    /// <param name="pos">After the opening quote.</param>
    /// <param name="escaped">Whether it has escapes.</param>
    /// <returns>The position of the closing quote.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CloseOfString(ReadOnlySpan<byte> text, int pos, out bool escaped)
    {
        var stop = FindSpecial(text, pos);
        escaped = false;
        return text[stop] == '"' ? stop : CloseOfEscapedString(text, stop, ref escaped);
    }

    private static int CloseOfEscapedString(ReadOnlySpan<byte> text, int pos, ref bool escaped)
    {
        while (true)
        {
            if (text[pos] == '"') return pos;
            if (text[pos] != '\\') return ~pos;
            escaped = true;
            pos++;
            if (text[pos] == 'u')
            {
                for (var last = pos++ + 4; pos <= last; pos++)
                    if (!char.IsAsciiHexDigit((char)text[pos]))
                        return ~pos;
            }
            else if (text[pos] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t') pos++;
            else return ~pos;
            pos = FindSpecial(text, pos);
        }
    }

    // The first quote, backslash or control character.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindSpecial(ReadOnlySpan<byte> text, int pos)
    {
        while (true)
        {
            var bytes = Vector128.Create(text.Slice(pos, Vector128<byte>.Count));
            var special = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1F)), bytes);
            var mask = special.ExtractMostSignificantBits();
            if (mask != 0) return pos + BitOperations.TrailingZeroCount(mask);
            pos += Vector128<byte>.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Number(ReadOnlySpan<byte> text, int pos, out NumberParts parts)
    {
        parts = default;
        var negative = text[pos] == '-';
        if (negative) pos++;
        var start = pos;
        ulong mantissa = 0;
        if (text[pos] == '0') pos++;
        else if ((pos = Digits(text, pos, ref mantissa)) == start) return ~pos;
        var digits = pos - start;
        var scale = 0;
        if (text[pos] == '.')
        {
            var fraction = ++pos;
            if ((pos = Digits(text, pos, ref mantissa)) == fraction) return ~pos;
            scale = fraction - pos;
            digits -= scale;
        }
        if ((text[pos] | 0x20) == 'e' && (pos = Exponent(text, pos + 1, ref scale)) < 0) return pos;
        parts = new NumberParts(mantissa, scale, negative, digits <= NumberParts.MaxDigits);
        return pos;
    }

    // Appends a run of digits to a number, eight at a time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digits(ReadOnlySpan<byte> text, int pos, ref ulong number)
    {
        while (true)
        {
            // Bytes become 0–9 where they are digits; the high bit marks those that are not. A carry reaches only bytes behind the first mark.
            var values = BinaryPrimitives.ReadUInt64LittleEndian(text[pos..]) ^ 0x3030303030303030;
            var marks = (values | (values + 0x7676767676767676)) & 0x8080808080808080;
            if (marks == 0)
            {
                number = number * 100_000_000 + EightDigits(values);
                pos += 8;
                continue;
            }
            var count = BitOperations.TrailingZeroCount(marks) >> 3;
            if (count == 0) return pos;
            // The shift puts zeros before the first digit and drops what is behind the last.
            number = number * PowersOfTen[count] + EightDigits(values << (64 - 8 * count));
            return pos + count;
        }
    }

    // Pairs of digits, then pairs of pairs, at once; the first digit is in the lowest byte.
    private static ulong EightDigits(ulong values)
    {
        var pairs = values * 10 + (values >> 8);
        return ((pairs & 0x000000FF_000000FF) * (100 + (1_000_000UL << 32)) + ((pairs >> 16) & 0x000000FF_000000FF) * (1 + (10_000UL << 32))) >> 32;
    }

    private static int Exponent(ReadOnlySpan<byte> text, int pos, ref int scale)
    {
        var negative = text[pos] == '-';
        if (negative || text[pos] == '+') pos++;
        var start = pos;
        var exponent = 0;
        for (uint digit; (digit = (uint)(text[pos] - '0')) <= 9; pos++)
            if (exponent < 100_000)
                exponent = exponent * 10 + (int)digit;
        if (pos == start) return ~pos;
        scale += negative ? -exponent : exponent;
        return pos;
    }

    /// <summary>Reads <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public static int Literal(ReadOnlySpan<byte> text, int pos)
    {
        var word = text[pos] switch
        {
            (byte)'t' => "true"u8,
            (byte)'f' => "false"u8,
            (byte)'n' => "null"u8,
            _ => default,
        };
        if (word.IsEmpty) return ~pos;
        for (var i = 1; i < word.Length; i++)
            if (text[pos + i] != word[i])
                return ~(pos + i);
        return pos + word.Length;
    }

    /// <summary>Reads an array.</summary>
    /// <param name="room">How many levels of nesting are left, the array's own included.</param>
    /// <param name="flat">Whether all its elements are scalars.</param>
    public static int Array(ReadOnlySpan<byte> text, int pos, int room, out bool flat)
    {
        flat = true;
        if (room == 0) return ~pos;
        pos = SkipSpace(text, pos + 1);
        if (text[pos] == ']') return pos + 1;
        while (true)
        {
            flat &= text[pos] is not ((byte)'{' or (byte)'[');
            if ((pos = Value(text, pos, room - 1)) < 0) return pos;
            pos = SkipSpace(text, pos);
            if (text[pos] == ']') return pos + 1;
            if (text[pos] != ',') return ~pos;
            pos = SkipSpace(text, pos + 1);
        }
    }

    private static int Object(ReadOnlySpan<byte> text, int pos, int room)
    {
        if (room == 0) return ~pos;
        pos = SkipSpace(text, pos + 1);
        if (text[pos] == '}') return pos + 1;
        while (true)
        {
            if (text[pos] != '"') return ~pos;
            if ((pos = CloseOfString(text, pos + 1, out _)) < 0) return pos;
            pos = SkipSpace(text, pos + 1);
            if (text[pos] != ':') return ~pos;
            if ((pos = Value(text, SkipSpace(text, pos + 1), room - 1)) < 0) return pos;
            pos = SkipSpace(text, pos);
            if (text[pos] == '}') return pos + 1;
            if (text[pos] != ',') return ~pos;
            pos = SkipSpace(text, pos + 1);
        }
    }

    private static int Value(ReadOnlySpan<byte> text, int pos, int room)
    {
        switch (text[pos])
        {
            case (byte)'"':
                pos = CloseOfString(text, pos + 1, out _);
                return pos < 0 ? pos : pos + 1;
            case (byte)'{': return Object(text, pos, room);
            case (byte)'[': return Array(text, pos, room, out _);
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'): return Number(text, pos, out _);
            default: return Literal(text, pos);
        }
    }
}
