using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Security;

namespace MlActors.Gateway.Cat;

/// <summary>The jobs as a table to read in a terminal.</summary>
public static class CatEndpoint
{
    private static readonly Parameter<string?> Format =
        Parameters.Text("format", null, ParameterPlace.Query, "`text` or `json`; without it, what the Accept header prefers, else text.") with
        {
            Rule = value => value is "text" or "txt" or "json" ? null : $"[{value}] is not supported: write text or json",
        };

    private static readonly Parameter<bool> Header = Parameters.Boolean("v", false, ParameterPlace.Query, "Puts the names of the columns above the table.");

    private static readonly Parameter<string[]> Columns =
        Parameters.List("h", "", ParameterPlace.Query, "The columns: names, short names, or `*` wildcards; without it, the most useful ones.");

    private static readonly Parameter<string[]> SortBy =
        Parameters.List("s", "", ParameterPlace.Query, "The columns to sort by, each optionally with `:desc`; without it, the id.");

    private static readonly Parameter<bool> Help = Parameters.Boolean("help", false, ParameterPlace.Query, "Lists the columns instead.");

    private static readonly Parameter<string?> Bytes = Parameters.Text("bytes", null, ParameterPlace.Query, "The unit of sizes: b, kb, mb, gb, tb, pb.") with
    {
        Rule = value => CatUnits.ByteNames.Contains(value!) ? null : $"[{value}] is not a unit of sizes: write one of {string.Join(", ", CatUnits.ByteNames)}",
    };

    private static readonly Parameter<string?> Time = Parameters.Text("time", null, ParameterPlace.Query,
        "The unit of times: d, h, m, s, ms, micros, nanos.") with
    {
        Rule = value => CatUnits.TimeNames.Contains(value!) ? null : $"[{value}] is not a unit of times: write one of {string.Join(", ", CatUnits.TimeNames)}",
    };

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("cat.ml_jobs", ["GET"], ["/_cat/ml/anomaly_detectors", "/_cat/ml/anomaly_detectors/{job_id}"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/stats/get", "The jobs of an expression as a table.", AnswerAsync)
        {
            IsText = true,
            Parameters = [Parameters.AllowNoMatch, Format, Header, Columns, SortBy, Help, Bytes, Time],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        if (call.Get(Help)) return ApiResult.Text(CatTable.WriteHelp(CatColumns.All));
        var table = new CatTable(CatColumns.Select(call.Get(Columns)), call.Get(Bytes), call.Get(Time));
        var keys = call.Get(SortBy).Select(ReadKey).ToList();
        var jobs = await JobResolution.ResolveAsync(call, call.Path("job_id"), call.Get(Parameters.AllowNoMatch));
        var (here, now) = (call.Services.Jobs.Node, call.Services.NowMs);
        var rows = new List<CatRow>();
        await foreach (var stats in JobStats.ReadAsync(call, [.. jobs.Select(job => job.JobId)]))
            rows.Add(new CatRow(stats, JobStatsDocument.NodeOf(stats.Status, here), now));
        if (keys.Count > 0) rows = [.. CatTable.Sort(rows, keys)];
        var asText = call.Get(Format) is { } format ? format != "json" : call.WantsText;
        return asText ? ApiResult.Text(table.WriteText(rows, call.Get(Header))) : ApiResult.Json(json => table.WriteJson(json, rows));
    }

    private static (CatColumn Column, bool Descending) ReadKey(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, direction) = colon < 0 ? (text, "asc") : (text[..colon], text[(colon + 1)..]);
        if (direction is not ("asc" or "desc"))
            throw ApiException.IllegalArgument($"[s] in the query: [{text}] has the direction [{direction}]: write asc or desc");
        var column = CatColumns.All.FirstOrDefault(known => known.IsNamed(name))
            ?? throw ArgumentReader.Unknown("column", name, "in [s]", CatColumns.All.Select(known => known.Name));
        return (column, direction == "desc");
    }
}
