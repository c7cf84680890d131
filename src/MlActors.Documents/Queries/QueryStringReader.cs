using System.Collections.Immutable;
using System.Text;

namespace MlActors.Documents.Queries;

/// <summary>
/// Reads the small language of <c>query_string</c>: <c>field:word</c>, <c>"a phrase"</c>, <c>field:(a OR b)</c>, <c>[1 TO 5]</c>, <c>{1 TO 5}</c>,
/// <c>&gt;=5</c>, <c>wild*card?</c>, <c>_exists_:field</c>, <c>AND OR NOT &amp;&amp; || ! + -</c> and parentheses. AND binds closer than OR.
/// </summary>
internal sealed class QueryStringReader(string text, string? defaultField, bool allWords, DateTimeOffset now)
{
    private const int DeepestNesting = 30;
    private const string Special = "+-!(){}[]^\"~:\\/ \t\r\n";

    private string? _field = defaultField;
    private int _at;
    private int _depth;

    public Query Read()
    {
        SkipBlanks();
        if (_at == text.Length) return Query.None;
        var query = ReadAlternatives();
        return _at == text.Length ? query : throw Bad($"[{text[_at]}] is not expected");
    }

    private Query ReadAlternatives()
    {
        if (++_depth > DeepestNesting) throw Bad("it is nested too deep");
        var groups = new List<Query> { ReadConjunction() };
        while (!AtEnd)
        {
            var explicitOr = TakeWord("OR") || TakeText("||");
            if (!explicitOr && allWords)
            {
                groups[^1] = Conjoin([groups[^1], ReadConjunction()]);
                continue;
            }
            groups.Add(ReadConjunction());
        }
        _depth--;
        return Combine(groups);
    }

    // +a must hold, -a must not, whatever the others do.
    private static Query Combine(List<Query> groups)
    {
        if (groups.Count == 1) return groups[0] is Marked only ? only.Sign == '+' ? only.Inner : Not(only.Inner) : groups[0];
        var must = groups.OfType<Marked>().Where(marked => marked.Sign == '+').Select(marked => marked.Inner).ToImmutableArray();
        var not = groups.OfType<Marked>().Where(marked => marked.Sign == '-').Select(marked => marked.Inner).ToImmutableArray();
        var should = groups.Where(query => query is not Marked).ToImmutableArray();
        return new BoolQuery(must, should, not, must.IsEmpty && !should.IsEmpty ? 1 : 0);
    }

    private Query ReadConjunction()
    {
        var clauses = new List<Query> { ReadClause() };
        while (TakeWord("AND") || TakeText("&&")) clauses.Add(ReadClause());
        return clauses.Count == 1 ? clauses[0] : Conjoin(clauses);
    }

    private static BoolQuery Conjoin(List<Query> clauses) => new(
        [.. clauses.Where(clause => clause is not Marked { Sign: '-' }).Select(clause => clause is Marked marked ? marked.Inner : clause)], [],
        [.. clauses.OfType<Marked>().Where(marked => marked.Sign == '-').Select(marked => marked.Inner)], 0);

    private Query ReadClause()
    {
        if (++_depth > 10 * DeepestNesting) throw Bad("it is nested too deep");
        try
        {
            SkipBlanks();
            if (TakeWord("NOT") || TakeText("!")) return new Marked('-', Plain(ReadClause()));
            if (_at < text.Length && text[_at] is '+' or '-')
            {
                var sign = text[_at++];
                return new Marked(sign, Plain(ReadClause()));
            }
            return ReadOperand();
        }
        finally
        {
            _depth--;
        }

        static Query Plain(Query query) => query is Marked marked ? marked.Sign == '+' ? marked.Inner : Not(marked.Inner) : query;
    }

    private Query ReadOperand()
    {
        if (_at == text.Length) throw Bad("something is expected at its end");
        if (TakeText("("))
        {
            var inner = ReadAlternatives();
            return TakeText(")") ? inner : throw Bad("a [)] is missing");
        }
        var start = _at;
        if (text[_at] is not ('"' or '[' or '{' or '<' or '>') && ReadToken(out var wild) is var name && !wild.Any && TakeText(":"))
        {
            if (name == "_exists_") return new ExistsQuery(ReadToken(out _));
            var outer = _field;
            _field = name == "*" ? null : name;
            try
            {
                SkipBlanks();
                return ReadOperand();
            }
            finally
            {
                _field = outer;
            }
        }
        _at = start;
        return ReadValue();
    }

    private Query ReadValue()
    {
        switch (text[_at])
        {
            case '"': return new WordsQuery(_field, QueryValue.Of(ReadQuoted()), AllWords: true, Phrase: true);
            case '[' or '{': return ReadRange();
            case '<' or '>': return ReadComparison();
        }
        var token = ReadToken(out var wild);
        if (_at < text.Length && text[_at] is '~' or '^') throw Bad($"[{text[_at]}] (fuzzy search, boost) is not supported");
        if (!wild.Any) return new WordsQuery(_field, QueryValue.Of(token), AllWords: false, Phrase: false);
        return token == "*" ? _field is null ? Query.All : new ExistsQuery(_field) : new WildcardQuery(_field, token, IgnoreCase: true);
    }

    private RangeQuery ReadRange()
    {
        var lowerInclusive = text[_at++] == '[';
        var lower = ReadBound();
        if (!TakeWord("TO")) throw Bad("a range is written [a TO b]");
        var upper = ReadBound();
        SkipBlanks();
        if (_at == text.Length || text[_at] is not (']' or '}')) throw Bad("a range ends with a [']'] or [}]");
        return new RangeQuery(RangeField(), Bound(lower, lowerInclusive), Bound(upper, text[_at++] == ']'), now);

        static RangeBound? Bound(string value, bool inclusive) => value == "*" ? null : new RangeBound(QueryValue.Of(value), inclusive);
    }

    private string ReadBound()
    {
        SkipBlanks();
        if (_at < text.Length && text[_at] == '"') return ReadQuoted();
        var start = _at;
        while (_at < text.Length && text[_at] is not (' ' or ']' or '}')) _at++;
        return _at > start ? text[start.._at] : throw Bad("a bound of a range is missing");
    }

    private RangeQuery ReadComparison()
    {
        var upper = text[_at++] == '<';
        var inclusive = TakeText("=");
        var bound = new RangeBound(QueryValue.Of(_at < text.Length && text[_at] == '"' ? ReadQuoted() : ReadToken(out _)), inclusive);
        return new RangeQuery(RangeField(), upper ? null : bound, upper ? bound : null, now);
    }

    private string RangeField() => _field ?? throw Bad("a range needs a field: write field:[a TO b]");

    private string ReadQuoted()
    {
        var value = new StringBuilder();
        for (_at++; _at < text.Length && text[_at] != '"'; _at++)
        {
            if (text[_at] == '\\' && _at + 1 < text.Length) _at++;
            value.Append(text[_at]);
        }
        if (_at == text.Length) throw Bad("a closing quote is missing");
        _at++;
        return value.ToString();
    }

    /// <summary>A word; with wildcards in it, escapes stay for them.</summary>
    private string ReadToken(out Wild wild)
    {
        var (plain, pattern) = (new StringBuilder(), new StringBuilder());
        wild = default;
        var start = _at;
        for (; _at < text.Length; _at++)
        {
            var letter = text[_at];
            if (letter == '\\')
            {
                if (++_at == text.Length) throw Bad("it ends with a [\\]");
                plain.Append(text[_at]);
                pattern.Append('\\').Append(text[_at]);
                continue;
            }
            if (_at == start ? Special.Contains(letter) : Special.Contains(letter) && letter is not ('-' or '+' or '/' or '!')) break;
            if (letter is '*' or '?') wild = new Wild(true);
            plain.Append(letter);
            pattern.Append(letter);
        }
        if (_at == start) throw Bad(_at < text.Length ? $"[{text[_at]}] is not expected; put a [\\] before it to take it as it is" : "something is expected at its end");
        return wild.Any ? pattern.ToString() : plain.ToString();
    }

    private readonly record struct Wild(bool Any);

    private bool AtEnd
    {
        get
        {
            SkipBlanks();
            return _at == text.Length || text[_at] == ')';
        }
    }

    private bool TakeWord(string word)
    {
        SkipBlanks();
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0) return false;
        var end = _at + word.Length;
        if (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('(' or '"')) return false;
        _at = end;
        return true;
    }

    private bool TakeText(string mark)
    {
        if (mark is not ":" and not "=") SkipBlanks();
        if (string.CompareOrdinal(text, _at, mark, 0, mark.Length) != 0) return false;
        _at += mark.Length;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }

    private static BoolQuery Not(Query query) => new([], [], [query], 0);

    private QueryException Bad(string what) => new($"the query string [{QueryReader.Shorten(text)}] cannot be read at character {_at + 1}: {what}");

    /// <summary>A clause with a sign, until the clauses beside it are known.</summary>
    private sealed record Marked(char Sign, Query Inner) : Query;
}
