namespace MlActors.Datafeeds.Sql;

/// <summary>What can be said of a statement without a database. That it cannot write is seen to by the transaction it runs in.</summary>
internal static class SqlStatement
{
    public const string Start = "@start";
    public const string End = "@end";

    /// <summary>What is wrong with it; <c>null</c> when nothing can be seen to be.</summary>
    public static string? Problem(string sql)
    {
        var code = Code(sql).TrimEnd().TrimEnd(';').TrimEnd();
        var first = new string([.. code.TrimStart(' ', '\t', '\r', '\n', '(').TakeWhile(char.IsAsciiLetter)]);
        if (!first.Equals("select", StringComparison.OrdinalIgnoreCase) && !first.Equals("with", StringComparison.OrdinalIgnoreCase))
            return "must be one statement that begins with SELECT or WITH";
        if (code.Contains(';')) return "must be one statement: remove what follows the semicolon";
        string[] missing = [.. new[] { Start, End }.Where(name => !Mentions(code, name))];
        return missing.Length == 0 ? null
            : $"does not use {string.Join(" and ", missing)}: it must limit the time to what is asked for, such as WHERE ts >= @start AND ts < @end ORDER BY ts";
    }

    /// <summary>The statement without what would keep it from being part of another.</summary>
    public static string Bare(string sql)
    {
        // Blanking keeps places, so the semicolon found in the code is the one in the statement.
        var end = Code(sql).TrimEnd().TrimEnd(';').Length;
        return sql[..end];
    }

    private static bool Mentions(string code, string name)
    {
        for (var at = code.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = code.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var after = at + name.Length;
            if (after == code.Length || !(char.IsLetterOrDigit(code[after]) || code[after] == '_')) return true;
        }
        return false;
    }

    // The statement with texts, quoted names and comments blanked out.
    private static string Code(string sql)
    {
        var code = sql.ToCharArray();
        for (var i = 0; i < code.Length;)
        {
            var end = EndOfOther(sql, i);
            if (end == i)
            {
                i++;
                continue;
            }
            Array.Fill(code, ' ', i, end - i);
            i = end;
        }
        return new string(code);
    }

    // Where the text, quoted name or comment that begins here ends; the same place when none does.
    private static int EndOfOther(string sql, int at)
    {
        var rest = sql.AsSpan(at);
        if (rest[0] is '\'' or '"' or '`') return After(sql, at + 1, rest[..1]);
        if (rest.StartsWith("--")) return After(sql, at, "\n");
        if (rest.StartsWith("/*")) return After(sql, at + 2, "*/");
        if (rest[0] == '$' && rest[1..].IndexOf('$') is >= 0 and var length && rest.Slice(1, length).ToArray().All(c => char.IsLetterOrDigit(c) || c == '_'))
            return After(sql, at + length + 2, rest[..(length + 2)]);
        return at;
    }

    private static int After(string sql, int from, ReadOnlySpan<char> end)
    {
        if (from >= sql.Length) return sql.Length;
        var found = sql.AsSpan(from).IndexOf(end);
        return found < 0 ? sql.Length : from + found + end.Length;
    }
}
