using System.Text.Json;

namespace MlActors.Documents.Queries;

public sealed partial class QueryReader
{
    private Query ReadQueryString(JsonElement body, string place)
    {
        var (text, field, all) = ((string?)null, (string?)null, false);
        foreach (var option in Object(body, place))
        {
            switch (option.Name)
            {
                case "query": text = TextOf(option.Value, place + ".query"); break;
                case "default_field": field = TextOf(option.Value, place + ".default_field"); break;
                case "fields" when ListOf(option.Value, place + ".fields") is [var only]: field = only; break;
                case "fields": throw new QueryException($"[{place}.fields] must name one field here");
                case "default_operator": all = OperatorOf(option, place); break;
                // What these change does not exist here, or is so in any case.
                case "analyze_wildcard" or "allow_leading_wildcard" or "lenient": _ = FlagOf(option, place); break;
                default: Accept(option, place, "query", "default_field", "fields", "default_operator", "analyze_wildcard", "allow_leading_wildcard", "lenient", "boost"); break;
            }
        }
        return new QueryStringReader(text ?? throw new QueryException($"[{place}] needs a [query]"), field is "*" or "" ? null : field, all, _now).Read();
    }

    /// <summary>Reads the text of a <c>query_string</c>, which is also the <c>q</c> of a request.</summary>
    /// <param name="field">Where words without a field are looked for; <c>null</c>: everywhere.</param>
    /// <exception cref="QueryException"/>
    public static Query ReadText(string text, DateTimeOffset now, string? field = null, bool allWords = false) => new QueryStringReader(text, field, allWords, now).Read();
}
