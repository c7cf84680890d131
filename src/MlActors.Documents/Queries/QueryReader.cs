using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace MlActors.Documents.Queries;

/// <summary>Reads the JSON form of queries. Strict: whatever it does not know, it refuses by name.</summary>
public sealed partial class QueryReader
{
    private const int DeepestNesting = 30;

    private static readonly string[] Known =
        ["bool", "exists", "ids", "match", "match_all", "match_none", "match_phrase", "prefix", "query_string", "range", "term", "terms", "wildcard", "constant_score"];

    private readonly DateTimeOffset _now;
    private int _depth;

    private QueryReader(DateTimeOffset now) => _now = now;

    /// <param name="now">What <c>now</c> means in dates.</param>
    /// <exception cref="QueryException">It is not a query that is supported; names the part and the fix.</exception>
    public static Query Read(JsonElement query, DateTimeOffset now) => new QueryReader(now).ReadQuery(query, "query");

    private Query ReadQuery(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new QueryException($"[{place}] must be an object with one query, such as {{\"match_all\": {{}}}}");
        var properties = element.EnumerateObject().ToList();
        if (properties.Count != 1)
            throw new QueryException($"[{place}] has {properties.Count} queries; it must have one: put several into [bool.filter]");
        if (++_depth > DeepestNesting) throw new QueryException($"[{place}] is nested too deep; at most {DeepestNesting} levels are read");
        var (kind, body) = (properties[0].Name, properties[0].Value);
        var here = $"{place}.{kind}";
        var query = kind switch
        {
            "match_all" => ReadConstant(body, here, Query.All),
            "match_none" => ReadConstant(body, here, Query.None),
            "term" => ReadTerm(body, here),
            "terms" => ReadTerms(body, here),
            "range" => ReadRange(body, here),
            "exists" => new ExistsQuery(TextOf(Only(body, here, "field"), here + ".field")),
            "prefix" => ReadPattern(body, here, (field, text, ignoreCase) => new PrefixQuery(field, text, ignoreCase)),
            "wildcard" => ReadPattern(body, here, (field, text, ignoreCase) => new WildcardQuery(field, text, ignoreCase)),
            "match" => ReadMatch(body, here, phrase: false),
            "match_phrase" => ReadMatch(body, here, phrase: true),
            "ids" => new IdsQuery(ListOf(Only(body, here, "values"), here + ".values")),
            "bool" => ReadBool(body, here),
            "constant_score" => ReadConstantScore(body, here),
            "query_string" => ReadQueryString(body, here),
            _ => throw new QueryException($"unknown query [{kind}] in [{place}]; supported: [{string.Join(", ", Known)}]", unknown: true),
        };
        _depth--;
        return query;
    }

    private static Query ReadConstant(JsonElement body, string place, Query query)
    {
        foreach (var option in Object(body, place)) Accept(option, place, "boost", "_name");
        return query;
    }

    private Query ReadConstantScore(JsonElement body, string place)
    {
        JsonElement? filter = null;
        foreach (var option in Object(body, place))
        {
            if (option.Name == "filter") filter = option.Value;
            else Accept(option, place, "filter", "boost");
        }
        return ReadQuery(filter ?? throw new QueryException($"[{place}] needs a [filter]"), place + ".filter");
    }

    private Query ReadBool(JsonElement body, string place)
    {
        var (must, should, not) = (ImmutableArray.CreateBuilder<Query>(), ImmutableArray.CreateBuilder<Query>(), ImmutableArray.CreateBuilder<Query>());
        JsonElement? least = null;
        foreach (var option in Object(body, place))
        {
            var here = $"{place}.{option.Name}";
            switch (option.Name)
            {
                case "must" or "filter": AddClauses(must, option.Value, here); break;
                case "should": AddClauses(should, option.Value, here); break;
                case "must_not": AddClauses(not, option.Value, here); break;
                case "minimum_should_match": least = option.Value; break;
                default: Accept(option, place, "must", "filter", "should", "must_not", "minimum_should_match", "boost", "_name"); break;
            }
        }
        // Without anything that must hold, one of the alternatives must.
        var needed = least is { } given ? LeastOf(given, should.Count, place) : should.Count > 0 && must.Count == 0 ? 1 : 0;
        return new BoolQuery(must.ToImmutable(), should.ToImmutable(), not.ToImmutable(), needed);
    }

    private void AddClauses(ImmutableArray<Query>.Builder clauses, JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            clauses.Add(ReadQuery(value, place));
            return;
        }
        var i = 0;
        foreach (var clause in value.EnumerateArray()) clauses.Add(ReadQuery(clause, string.Create(CultureInfo.InvariantCulture, $"{place}[{i++}]")));
    }

    // A count, negative for how many may be missing, or either as a percentage.
    private static int LeastOf(JsonElement value, int clauses, string place)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : value.GetRawText();
        var percent = text.EndsWith('%');
        if (!int.TryParse(percent ? text[..^1] : text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) || Math.Abs((long)count) > 1_000_000)
            throw new QueryException($"[{place}.minimum_should_match] is [{Shorten(text)}]; write a whole number or a percentage such as 75%");
        if (percent) count = count < 0 ? -(clauses * -count / 100) : clauses * count / 100;
        return Math.Max(0, count < 0 ? clauses + count : count);
    }

    private static Query ReadTerm(JsonElement body, string place)
    {
        var (field, value) = FieldOf(body, place);
        if (value.ValueKind != JsonValueKind.Object) return new TermsQuery(field, [QueryValue.Of(value, $"{place}.{field}")]);
        var (term, ignoreCase) = ((QueryValue?)null, false);
        foreach (var option in value.EnumerateObject())
        {
            if (option.Name == "value") term = QueryValue.Of(option.Value, $"{place}.{field}.value");
            else if (option.Name == "case_insensitive") ignoreCase = FlagOf(option, $"{place}.{field}");
            else Accept(option, $"{place}.{field}", "value", "case_insensitive", "boost", "_name");
        }
        return new TermsQuery(field, [term ?? throw new QueryException($"[{place}.{field}] needs a [value]")], ignoreCase);
    }

    private static Query ReadTerms(JsonElement body, string place)
    {
        Query? query = null;
        foreach (var option in Object(body, place))
        {
            if (option.Name is "boost" or "_name") continue;
            if (query is not null) throw new QueryException($"[{place}] names several fields; it must name one");
            if (option.Value.ValueKind != JsonValueKind.Array) throw new QueryException($"[{place}.{option.Name}] must be a list of values; a look-up in another index is not supported");
            query = new TermsQuery(option.Name, [.. option.Value.EnumerateArray().Select(value => QueryValue.Of(value, $"{place}.{option.Name}"))]);
        }
        return query ?? throw new QueryException($"[{place}] names no field");
    }

    private RangeQuery ReadRange(JsonElement body, string place)
    {
        var (field, bounds) = FieldOf(body, place);
        var here = $"{place}.{field}";
        var (lower, upper, format, zone) = ((RangeBound?)null, (RangeBound?)null, (string?)null, TimeSpan.Zero);
        foreach (var option in Object(bounds, here))
        {
            switch (option.Name)
            {
                case "gt" or "gte" or "from": Set(ref lower, option, here, option.Name != "gt"); break;
                case "lt" or "lte" or "to": Set(ref upper, option, here, option.Name != "lt"); break;
                case "format": format = ReadFormat(option, here); break;
                case "time_zone": zone = ReadZone(option, here); break;
                default: Accept(option, here, "gt", "gte", "lt", "lte", "format", "time_zone", "boost", "_name"); break;
            }
        }
        return new RangeQuery(field, lower, upper, _now, format, zone);

        static void Set(ref RangeBound? bound, JsonProperty option, string place, bool inclusive)
        {
            if (option.Value.ValueKind == JsonValueKind.Null) return;
            if (bound is not null) throw new QueryException($"[{place}] has two bounds on the same side; give one");
            bound = new RangeBound(QueryValue.Of(option.Value, $"{place}.{option.Name}"), inclusive);
        }
    }

    private static string ReadFormat(JsonProperty option, string place)
    {
        var text = TextOf(option.Value, place + ".format");
        return Times.DateFormat.TryCreate(text, out _, out var problem) ? text : throw new QueryException($"[{place}.format] {problem}");
    }

    private static TimeSpan ReadZone(JsonProperty option, string place)
    {
        var text = TextOf(option.Value, place + ".time_zone");
        if (text is "Z" or "UTC" or "GMT") return TimeSpan.Zero;
        return text.Length == 6 && TimeSpan.TryParseExact(text[1..], "hh\\:mm", CultureInfo.InvariantCulture, out var offset) && text[0] is '+' or '-' && text.Length == 6
            ? text[0] == '-' ? -TimeSpan.Parse(text[1..], CultureInfo.InvariantCulture) : TimeSpan.Parse(text[1..], CultureInfo.InvariantCulture)
            : throw new QueryException($"[{place}.time_zone] is [{Shorten(text)}]; write an offset such as +01:00, or UTC");
    }

    private static Query ReadPattern(JsonElement body, string place, Func<string, string, bool, Query> make)
    {
        var (field, value) = FieldOf(body, place);
        if (value.ValueKind != JsonValueKind.Object) return make(field, QueryValue.Of(value, $"{place}.{field}").Text, false);
        var (text, ignoreCase) = ((string?)null, false);
        foreach (var option in value.EnumerateObject())
        {
            if (option.Name is "value" or "wildcard") text = TextOf(option.Value, $"{place}.{field}.{option.Name}");
            else if (option.Name == "case_insensitive") ignoreCase = FlagOf(option, $"{place}.{field}");
            else Accept(option, $"{place}.{field}", "value", "case_insensitive", "boost", "rewrite", "_name");
        }
        return make(field, text ?? throw new QueryException($"[{place}.{field}] needs a [value]"), ignoreCase);
    }

    private static WordsQuery ReadMatch(JsonElement body, string place, bool phrase)
    {
        var (field, value) = FieldOf(body, place);
        if (value.ValueKind != JsonValueKind.Object) return new WordsQuery(field, QueryValue.Of(value, $"{place}.{field}"), AllWords: false, phrase);
        var (text, all) = ((QueryValue?)null, false);
        foreach (var option in value.EnumerateObject())
        {
            if (option.Name == "query") text = QueryValue.Of(option.Value, $"{place}.{field}.query");
            else if (option.Name == "operator" && !phrase) all = OperatorOf(option, $"{place}.{field}");
            else Accept(option, $"{place}.{field}", "query", "operator", "boost", "_name");
        }
        return new WordsQuery(field, text ?? throw new QueryException($"[{place}.{field}] needs a [query]"), all, phrase);
    }
}
