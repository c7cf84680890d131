using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Cat;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Security;
using MlActors.Gateway.Server;
using MlActors.Jobs;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using static MlActors.Gateway.Cat.ColumnsOf<MlActors.Gateway.Datafeeds.DatafeedCatRow>;

namespace MlActors.Gateway.Datafeeds;

/// <summary>What a row of the table is made of.</summary>
internal sealed record DatafeedCatRow(DatafeedRow Row, NodeIdentity? Node);

/// <summary>How datafeeds stand: as JSON and as a table.</summary>
public static class DatafeedStatsEndpoints
{
    private static readonly ImmutableArray<CatColumn<DatafeedCatRow>> Columns =
    [
        Text("id", "", "the id of the datafeed", row => row.Row.Config.DatafeedId),
        Text("state", "s", "the state of the datafeed", row => JobLifecycle.Name(row.Row.Status.State)),
        Text("assignment_explanation", "ae", "why the datafeed is or is not on a node", row => row.Row.Status.StopReason),
        Number("buckets.count", "bc", "buckets analysed", row => row.Row.Job.Timing.BucketCount),
        Number("search.count", "sc", "searches", row => row.Row.Status.Progress.Searches),
        Time("search.time", "st", "time of all searches", row => row.Row.Status.Progress.SearchMs),
        Time("search.bucket_avg", "sba", "time of searching a bucket", row => DatafeedStatsDocument.PerBucket(row.Row)),
        Time("search.exp_avg_hour", "seah", "exponential average time of searching an hour of data", row => row.Row.Status.Progress.SearchMsPerHour),
        Text("node.id", "ni", "id of the node that runs the datafeed", row => row.Node?.Id),
        Text("node.name", "nn", "name of the node that runs the datafeed", row => row.Node?.Name),
        Text("node.ephemeral_id", "ne", "id of that node's process", row => row.Node?.EphemeralId),
        Text("node.address", "na", "address of that node", row => row.Node?.TransportAddress),
    ];

    private static readonly ImmutableArray<CatColumn<DatafeedCatRow>> ByDefault =
        [.. new[] { "id", "state", "buckets.count", "search.count" }.Select(name => Columns.First(column => column.Name == name))];

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_datafeed_stats", ["GET"], ["/_ml/datafeeds/_stats", "/_ml/datafeeds/{datafeed_id}/_stats"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/datafeeds/stats/get", "State, timing and troubles of the datafeeds of an expression, sorted by id.", StatsAsync)
        {
            Parameters = [DatafeedResolution.AllowNoMatch],
        },
        new("cat.ml_datafeeds", ["GET"], ["/_cat/ml/datafeeds", "/_cat/ml/datafeeds/{datafeed_id}"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/datafeeds/stats/get", "The datafeeds of an expression as a table.", TableAsync)
        {
            IsText = true,
            Parameters = [DatafeedResolution.AllowNoMatch, .. CatFrame.Parameters],
        },
    ];

    private static async Task<ApiResult> StatsAsync(ApiCall call)
    {
        var rows = await ResolveAsync(call);
        return ApiResult.Stream(async output =>
        {
            output.Json.WriteStartObject();
            output.Json.WriteNumber("count", rows.Count);
            output.Json.WriteStartArray("datafeeds");
            foreach (var row in rows)
            {
                DatafeedStatsDocument.Write(output.Json, row, call.Services.Jobs.Node);
                await output.FlushIfFullAsync(call.Aborted);
            }
            output.Json.WriteEndArray();
            output.Json.WriteEndObject();
        });
    }

    private static Task<ApiResult> TableAsync(ApiCall call) => CatFrame.AnswerAsync(call, Columns, ByDefault, async () =>
        (await ResolveAsync(call)).Select(row => new DatafeedCatRow(row,
            row.Status.State == DatafeedState.Stopped ? null : JobStatsDocument.NodeOf(row.Job, call.Services.Jobs.Node))).ToList());

    private static async Task<IReadOnlyList<DatafeedRow>> ResolveAsync(ApiCall call)
    {
        var rows = await DatafeedResolution.ResolveAsync(call, call.Path("datafeed_id"), call.Get(DatafeedResolution.AllowNoMatch));
        return [.. rows.Select(row => row with { Job = UpgradeEndpoint.Shown(row.Job, call.Services.Upgrade.Current) })];
    }
}
