namespace MlActors.Analysis.Categorization;

/// <summary>A word of a line.</summary>
/// <param name="Start">Position in the text that was read.</param>
internal readonly record struct LineToken(ulong Hash, int Start, int Length, byte Weight, bool IsAction, bool IsQuoted);

/// <summary>
/// Reads the words of a line that may be part of its template. Letters, digits and the signs <c>_ - . / \ @</c> between them form a word, an address
/// with <c>://</c> is one. Left out are words with a digit (numbers, dates, identifiers, host numbers), addresses, paths, hexadecimal numbers, stop
/// words, and what stands in quotes beside other words. Every unit above ASCII counts as a letter, so that no table of Unicode matters.
/// </summary>
internal sealed class LineTokenizer(WordKinds kinds)
{
    public const int MaxLength = 1000;
    public const int MaxTokens = 100;

    private const byte WeakWeight = 1;
    private const byte PlainWeight = 3;
    private const byte ActionWeight = 4;

    private const byte Lower = 1;
    private const byte Upper = 2;
    private const byte Digit = 4;
    private const byte NotHex = 8;
    private const byte Joint = 16;
    private const byte Slash = 32;
    private const byte Address = 64;
    private const byte Other = 128;

    private const int LongestHexPart = 4;
    private const int ShortestHexWord = 8;
    private const int ShortestPlain = 3;
    private const int ShortestInflected = 6;

    private static readonly byte[] Classes = MakeClasses();

    private readonly LineToken[] _tokens = new LineToken[MaxTokens];
    private int _count;

    /// <summary>The words of the line read last.</summary>
    public ReadOnlySpan<LineToken> Tokens => _tokens.AsSpan(0, _count);

    /// <summary>The first line that has a letter, at most <see cref="MaxLength"/> units; empty when there is none.</summary>
    public static ReadOnlySpan<char> FirstLine(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny('\n', '\r');
            var line = end < 0 ? text : text[..end];
            foreach (var unit in line)
                if ((ClassOf(unit) & (Lower | Upper)) != 0)
                    return line.Length <= MaxLength ? line : line[..MaxLength];
            text = end < 0 ? [] : text[(end + 1)..];
        }
        return [];
    }

    public void Read(ReadOnlySpan<char> line)
    {
        _count = 0;
        var (quoted, quoteEnd) = (0, -1);
        var isJson = line.TrimStart(' ') is ['{', ..];
        for (var i = 0; i < line.Length && _count < MaxTokens;)
        {
            var unit = line[i];
            if ((ClassOf(unit) & ~(Joint | Address)) == 0)
            {
                if (unit is '"' or '\'' && i > quoteEnd && !isJson) quoteEnd = Math.Max(quoteEnd, EndOfQuote(line, i));
                i++;
                continue;
            }
            var isQuoted = i < quoteEnd;
            if (ReadWord(line, ref i, isQuoted) && isQuoted) quoted++;
        }
        if (quoted > 0 && quoted < _count) DropQuoted();
    }

    // Reads the word at the position and moves behind it; true when it is kept.
    private bool ReadWord(ReadOnlySpan<char> line, ref int i, bool isQuoted)
    {
        var start = i;
        var first = ClassOf(line[i]);
        var (hash, all, later) = (WordHash.Add(WordHash.Seed, line[i]), first, (byte)0);
        var (end, endHash) = (i + 1, hash);
        for (i++; i < line.Length; i++)
        {
            var unit = line[i];
            var kind = ClassOf(unit);
            if (kind == 0)
            {
                if (unit != ':') break;
                if (line[(i + 1)..] is ['/', '/', ..]) kind = Address;
                else if (i == end && ((all & Digit) != 0 || (i - start <= LongestHexPart && (all & NotHex) == 0)) && IsHexPart(line[(i + 1)..])) kind = Digit;
                else break;
            }
            all |= kind;
            later |= kind;
            hash = WordHash.Add(hash, unit);
            if ((kind & ~(Joint | Slash)) != 0) (end, endHash) = (i + 1, hash);
        }
        if ((all & (Digit | Address)) != 0 || (first & Slash) != 0) return false;
        var length = end - start;
        if ((all & NotHex) == 0 && length >= ShortestHexWord) return false;
        endHash = WordHash.Finish(endHash);
        var listed = kinds.Find(endHash);
        if (listed == (int)WordKind.Stop) return false;
        var word = line.Slice(start, length);
        var isValue = start > 0 && line[start - 1] == '=';
        var what = isValue ? WordKind.Weak : listed >= 0 ? (WordKind)listed : KindOf(word, all, later);
        var weight = what switch { WordKind.Action => ActionWeight, WordKind.Plain => PlainWeight, _ => WeakWeight };
        _tokens[_count++] = new LineToken(endHash, start, length, weight, what == WordKind.Action, isQuoted);
        return true;
    }

    // By the shape: letters only, in one of the three usual cases; what is done or was done ends in -ing or -ed.
    private static WordKind KindOf(ReadOnlySpan<char> word, byte all, byte later)
    {
        if (word.Length < ShortestPlain) return WordKind.Weak;
        if ((all & Other) != 0) return WordKind.Plain;
        if ((later & (Joint | Slash)) != 0 && word.IndexOfAny("_-./") >= 0) return WordKind.Weak;
        if ((later & (Lower | Upper)) == (Lower | Upper)) return WordKind.Weak;
        return word.Length >= ShortestInflected
            && (word.EndsWith("ed", StringComparison.Ordinal) || word.EndsWith("ing", StringComparison.Ordinal)
                || word.EndsWith("ED", StringComparison.Ordinal) || word.EndsWith("ING", StringComparison.Ordinal))
            ? WordKind.Action
            : WordKind.Plain;
    }

    // A quote opens behind a blank or a bracket: one behind "=" or ":" holds the value of a key, often the message itself.
    private static int EndOfQuote(ReadOnlySpan<char> line, int at)
    {
        if (at == 0 || line[at - 1] is not (' ' or '(' or '[' or '<' or '\t')) return -1;
        for (var i = at + 1; i < line.Length; i++)
            if (line[i] == line[at] && (i + 1 == line.Length || (ClassOf(line[i + 1]) & (Lower | Upper | Digit)) == 0))
                return i;
        return -1;
    }

    // Whether a group of a hardware or network address follows: up to four hexadecimal digits.
    private static bool IsHexPart(ReadOnlySpan<char> rest)
    {
        var length = 0;
        while (length < rest.Length && char.IsAsciiHexDigit(rest[length])) length++;
        return length is > 0 and <= LongestHexPart && (length == rest.Length || ClassOf(rest[length]) == 0);
    }

    private void DropQuoted()
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
            if (!_tokens[i].IsQuoted)
                _tokens[kept++] = _tokens[i];
        _count = kept;
    }

    private static byte ClassOf(char unit) => unit < 128 ? Classes[unit] : unit is '\u00A0' or '\u2028' or '\u2029' or '\u3000' ? (byte)0 : (byte)(Lower | NotHex | Other);

    private static byte[] MakeClasses()
    {
        var classes = new byte[128];
        for (var c = '0'; c <= '9'; c++) classes[c] = Digit;
        for (var c = 'a'; c <= 'z'; c++) classes[c] = (byte)(Lower | (c > 'f' ? NotHex : 0));
        for (var c = 'A'; c <= 'Z'; c++) classes[c] = (byte)(Upper | (c > 'F' ? NotHex : 0));
        classes['_'] = Joint | NotHex;
        classes['-'] = classes['.'] = Joint;
        classes['/'] = Slash;
        classes['\\'] = classes['@'] = Address | NotHex;
        return classes;
    }
}
