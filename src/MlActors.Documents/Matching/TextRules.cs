namespace MlActors.Documents.Matching;

/// <summary>What words are, and wildcards.</summary>
internal static class TextRules
{
    /// <summary>Words are runs of letters, digits and underscores, in lower case.</summary>
    public static List<string> Words(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_');
            if (inside && start < 0) start = i;
            if (inside || start < 0) continue;
            words.Add(text[start..i].ToLowerInvariant());
            start = -1;
        }
        return words;
    }

    /// <summary>
    /// The phrases of a query: runs of words that must stand one behind the other. What has no blank in it belongs together, so that <c>web-1</c> is
    /// not found in <c>web-2</c>.
    /// </summary>
    public static List<List<string>> Phrases(string query, bool one)
    {
        var parts = one ? [query] : query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return [.. parts.Select(Words).Where(words => words.Count > 0)];
    }

    public static bool HasPhrases(string text, List<List<string>> phrases, bool all)
    {
        var words = Words(text);
        return all ? phrases.TrueForAll(Has) : phrases.Exists(Has);

        bool Has(List<string> phrase)
        {
            for (var at = 0; at + phrase.Count <= words.Count; at++)
            {
                var same = 0;
                while (same < phrase.Count && words[at + same] == phrase[same]) same++;
                if (same == phrase.Count) return true;
            }
            return false;
        }
    }

    /// <summary>Matches a pattern of <c>*</c>, <c>?</c> and <c>\</c>; takes time in proportion to the two lengths at worst.</summary>
    public static bool Matches(string pattern, string text, bool ignoreCase)
    {
        var (p, t, star, resume) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, t);
                continue;
            }
            var escaped = p + 1 < pattern.Length && pattern[p] == '\\';
            if (p < pattern.Length && ((!escaped && pattern[p] == '?') || Same(pattern[escaped ? p + 1 : p], text[t], ignoreCase)))
            {
                p += escaped ? 2 : 1;
                t++;
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static bool Same(char a, char b, bool ignoreCase) => a == b || (ignoreCase && char.ToLowerInvariant(a) == char.ToLowerInvariant(b));
}
