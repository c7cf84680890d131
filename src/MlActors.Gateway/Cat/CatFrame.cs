using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Expressions;

namespace MlActors.Gateway.Cat;

/// <summary>What all tables have in common: the parameters that choose columns, order and form, and the answer.</summary>
internal static class CatFrame
{
    private static readonly Parameter<string?> Format =
        Api.Parameters.Text("format", null, ParameterPlace.Query, "`text` or `json`; without it, what the Accept header prefers, else text.") with
        {
            Rule = value => value is "text" or "txt" or "json" ? null : $"[{value}] is not supported: write text or json",
        };

    private static readonly Parameter<bool> Header = Api.Parameters.Boolean("v", false, ParameterPlace.Query, "Puts the names of the columns above the table.");

    private static readonly Parameter<string[]> Columns =
        Api.Parameters.List("h", "", ParameterPlace.Query, "The columns: names, short names, or `*` wildcards; without it, the most useful ones.");

    private static readonly Parameter<string[]> SortBy =
        Api.Parameters.List("s", "", ParameterPlace.Query, "The columns to sort by, each optionally with `:desc`; without it, the id.");

    private static readonly Parameter<bool> Help = Api.Parameters.Boolean("help", false, ParameterPlace.Query, "Lists the columns instead.");

    private static readonly Parameter<string?> Bytes = Api.Parameters.Text("bytes", null, ParameterPlace.Query, "The unit of sizes: b, kb, mb, gb, tb, pb.") with
    {
        Rule = value => CatUnits.ByteNames.Contains(value!) ? null : $"[{value}] is not a unit of sizes: write one of {string.Join(", ", CatUnits.ByteNames)}",
    };

    private static readonly Parameter<string?> Time = Api.Parameters.Text("time", null, ParameterPlace.Query,
        "The unit of times: d, h, m, s, ms, micros, nanos.") with
    {
        Rule = value => CatUnits.TimeNames.Contains(value!) ? null : $"[{value}] is not a unit of times: write one of {string.Join(", ", CatUnits.TimeNames)}",
    };

    public static ImmutableArray<ApiParameter> Parameters { get; } = [Format, Header, Columns, SortBy, Help, Bytes, Time];

    /// <param name="readAsync">Reads the rows, when a table is asked for and not its help.</param>
    /// <exception cref="ApiException">400: no column has a name that is asked for.</exception>
    public static async Task<ApiResult> AnswerAsync<TRow>(
        ApiCall call, ImmutableArray<CatColumn<TRow>> all, ImmutableArray<CatColumn<TRow>> byDefault, Func<Task<List<TRow>>> readAsync)
    {
        if (call.Get(Help)) return ApiResult.Text(CatTable<TRow>.WriteHelp(all));
        var table = new CatTable<TRow>(Select(all, byDefault, call.Get(Columns)), call.Get(Bytes), call.Get(Time));
        var keys = call.Get(SortBy).Select(text => ReadKey(all, text)).ToList();
        var rows = await readAsync();
        if (keys.Count > 0) rows = [.. CatTable<TRow>.Sort(rows, keys)];
        var asText = call.Get(Format) is { } format ? format != "json" : call.WantsText;
        return asText ? ApiResult.Text(table.WriteText(rows, call.Get(Header))) : ApiResult.Json(json => table.WriteJson(json, rows));
    }

    /// <summary>The columns of names, aliases and wildcards, each once, in the order asked for.</summary>
    /// <exception cref="ApiException">400: no column has that name.</exception>
    private static IReadOnlyList<CatColumn<TRow>> Select<TRow>(
        ImmutableArray<CatColumn<TRow>> all, ImmutableArray<CatColumn<TRow>> byDefault, IReadOnlyList<string> names)
    {
        var selected = new List<CatColumn<TRow>>();
        foreach (var name in names)
        {
            var matching = all.Where(column => column.IsNamed(name) || (JobExpression.IsWildcard(name) && JobExpression.Matches(name, column.Name))).ToList();
            if (matching.Count == 0) throw ArgumentReader.Unknown("column", name, "in [h]", all.Select(column => column.Name));
            selected.AddRange(matching.Where(column => !selected.Contains(column)));
        }
        return selected.Count == 0 ? byDefault : selected;
    }

    private static (CatColumn<TRow> Column, bool Descending) ReadKey<TRow>(ImmutableArray<CatColumn<TRow>> all, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, direction) = colon < 0 ? (text, "asc") : (text[..colon], text[(colon + 1)..]);
        if (direction is not ("asc" or "desc"))
            throw ApiException.IllegalArgument($"[s] in the query: [{text}] has the direction [{direction}]: write asc or desc");
        var column = all.FirstOrDefault(known => known.IsNamed(name))
            ?? throw ArgumentReader.Unknown("column", name, "in [s]", all.Select(known => known.Name));
        return (column, direction == "desc");
    }
}
