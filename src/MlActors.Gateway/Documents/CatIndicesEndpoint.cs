using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Cat;
using MlActors.Gateway.Security;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>The indices as a table to read in a terminal.</summary>
public static class CatIndicesEndpoint
{
    private static readonly Parameter<string?> Format =
        P.Text("format", null, ParameterPlace.Query, "`text` or `json`; without it, what the Accept header prefers, else text.") with
        {
            Rule = value => value is "text" or "txt" or "json" ? null : $"[{value}] is not supported: write text or json",
        };

    private static readonly Parameter<bool> Header = P.Boolean("v", false, ParameterPlace.Query, "Puts the names of the columns above the table.");
    private static readonly Parameter<string[]> Columns = P.List("h", "", ParameterPlace.Query, "The columns: names or short names; without it, all but the times.");
    private static readonly Parameter<string[]> SortBy = P.List("s", "", ParameterPlace.Query, "The columns to sort by, each optionally with `:desc`; without it, the name.");
    private static readonly Parameter<string?> Bytes = P.Text("bytes", null, ParameterPlace.Query, "The unit of sizes: b, kb, mb, gb, tb, pb.") with
    {
        Rule = value => CatUnits.ByteNames.Contains(value!) ? null : $"[{value}] is not a unit of sizes: write one of {string.Join(", ", CatUnits.ByteNames)}",
    };

    public static ApiEndpoint Endpoint { get; } =
        new("cat.indices", ["GET"], ["/_cat/indices", "/_cat/indices/{index}"], null, "indices:monitor/stats", "The indices of documents as a table.", AnswerAsync)
        {
            IndexPrivilege = IndexPrivileges.Monitor,
            IsText = true,
            Parameters = [Format, Header, Columns, SortBy, Bytes, .. IndexNames.Parameters],
        };

    /// <param name="Value">A number when it is sorted as one.</param>
    private sealed record Column(string Name, string Short, bool IsNumber, Func<IndexInfo, IComparable?> Value, bool IsDefault = true, bool IsBytes = false);

    private static readonly ImmutableArray<Column> All =
    [
        new("health", "h", false, _ => "green"),
        new("status", "s", false, _ => "open"),
        new("index", "i", false, index => index.Name),
        new("uuid", "id", false, index => index.Definition.Uuid),
        new("pri", "p", true, _ => 1L),
        new("rep", "r", true, _ => 0L),
        new("docs.count", "dc", true, index => index.Documents),
        new("docs.deleted", "dd", true, _ => 0L),
        new("store.size", "ss", true, index => index.Bytes, IsBytes: true),
        new("pri.store.size", "pss", true, index => index.Bytes, IsBytes: true),
        new("creation.date", "cd", true, index => index.Definition.CreatedMs, IsDefault: false),
        new("time.field", "tf", false, index => index.Definition.TimeField, IsDefault: false),
        new("earliest", "e", true, index => index.Documents == 0 ? null : index.EarliestMs, IsDefault: false),
        new("latest", "l", true, index => index.Documents == 0 ? null : index.LatestMs, IsDefault: false),
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var columns = call.Get(Columns) is { Length: > 0 } names ? [.. names.Select(Find)] : All.Where(column => column.IsDefault).ToList();
        var rows = (await IndexNames.ResolveAsync(call)).OrderBy(_ => 0);
        foreach (var key in call.Get(SortBy))
        {
            var descending = key.EndsWith(":desc", StringComparison.Ordinal);
            var column = Find(descending || key.EndsWith(":asc", StringComparison.Ordinal) ? key[..key.LastIndexOf(':')] : key);
            rows = descending ? rows.ThenByDescending(column.Value) : rows.ThenBy(column.Value);
        }
        var indices = rows.ToList();
        var asText = call.Get(Format) is { } format ? format != "json" : call.WantsText;
        return asText ? ApiResult.Text(WriteText(call, columns, indices)) : ApiResult.Json(json =>
        {
            json.WriteStartArray();
            foreach (var index in indices)
            {
                json.WriteStartObject();
                foreach (var column in columns) json.WriteString(column.Name, Show(call, column, index));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    private static string WriteText(ApiCall call, List<Column> columns, List<IndexInfo> indices)
    {
        var lines = indices.ConvertAll(index => columns.ConvertAll(column => Show(call, column, index)));
        if (call.Get(Header)) lines.Insert(0, columns.ConvertAll(column => column.Name));
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                var width = lines.Max(other => other[i].Length);
                text.Append(i == 0 ? "" : " ").Append(columns[i].IsNumber ? line[i].PadLeft(width) : i == columns.Count - 1 ? line[i] : line[i].PadRight(width));
            }
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string Show(ApiCall call, Column column, IndexInfo index) => column.Value(index) switch
    {
        null => "",
        long bytes when column.IsBytes => CatUnits.Bytes(bytes, call.Get(Bytes)),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static Column Find(string name) =>
        All.FirstOrDefault(column => column.Name == name || column.Short == name)
            ?? throw ArgumentReader.Unknown("column", name, "in the table of indices", All.Select(column => column.Name));
}
