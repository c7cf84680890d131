using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Cat;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Nodes;
using static MlActors.Gateway.Cat.ColumnsOf<MlActors.Jobs.Nodes.NodeAnswer<MlActors.Jobs.Nodes.NodeDescription>>;

namespace MlActors.Gateway.Nodes;

/// <summary>The nodes of the cluster, each as it sees itself: as JSON with its shards and jobs, and as a table.</summary>
public static class NodesEndpoint
{
    /// <summary>What one node may tell of its jobs in an answer.</summary>
    private const int MostJobs = 1000;

    private static readonly Parameter<TimeSpan> Timeout =
        Parameters.Duration("timeout", "5s", ParameterPlace.Query, "How long to wait for the nodes; those that have not answered by then are named.");

    private static readonly Parameter<int> Size = Parameters.Integer("size", 100, ParameterPlace.Query,
        "How many jobs of each node to list: those that are most behind, then those with the largest models.") with
    {
        Rule = value => value is >= 0 and <= MostJobs ? null : $"[{value}] is not from 0 to {MostJobs}; the shards count all jobs",
    };

    private static readonly ImmutableArray<CatColumn<NodeAnswer<NodeDescription>>> Columns =
    [
        Text("id", "", "the id of the node", row => row.Reply?.NodeId),
        Text("name", "n", "the name of the node", row => row.Reply?.Name),
        Text("address", "a", "where the other nodes reach it", row => row.Node.Address),
        Text("state", "s", "the state of its membership", row => row.Node.State),
        Text("roles", "r", "its roles", row => string.Join(',', row.Node.Roles)),
        Text("leader", "l", "* for the one that decides who is a member", row => row.Node.Leader ? "*" : "-"),
        Text("oldest", "o", "* for the one with what there is one of in the cluster", row => row.Node.Oldest ? "*" : "-"),
        Text("version", "v", "its version of MlActors", row => row.Reply?.Version),
        Date("started", "st", "when its process began", row => row.Reply?.StartedMs),
        Number("jobs.running", "jr", "jobs that are opening, open or closing", row => row.Reply?.Shards.Sum(shard => shard.Running) ?? 0),
        Number("jobs.most", "jm", "jobs that it takes", row => row.Reply?.Room?.MaxOpenJobs ?? 0),
        Number("datafeeds", "df", "datafeeds that run", row => row.Reply?.Shards.Sum(shard => shard.Datafeeds) ?? 0),
        Number("shards", "sh", "shards that have jobs in memory", row => row.Reply?.Shards.Count ?? 0),
        Bytes("model.bytes", "mb", "memory of its models", row => row.Reply?.Shards.Sum(shard => shard.ModelBytes) ?? 0),
        Bytes("waiting.bytes", "wb", "input that is not analysed yet", row => row.Reply?.Shards.Sum(shard => shard.WaitingBytes) ?? 0),
        Time("behind", "b", "how long the job that is most behind has had such input",
            row => row.Reply?.Shards.Select(shard => (double)shard.BehindMs).DefaultIfEmpty().Max()),
    ];

    private static readonly ImmutableArray<CatColumn<NodeAnswer<NodeDescription>>> ByDefault =
    [
        .. new[] { "name", "address", "state", "roles", "leader", "oldest", "jobs.running", "datafeeds", "model.bytes", "behind" }
            .Select(name => Columns.First(column => column.Name == name)),
    ];

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_nodes", ["GET"], ["/_ml/nodes", "/_ml/nodes/{node_id}"], Privileges.MonitorMl, "cluster:monitor/xpack/ml/nodes/get",
            "The nodes by id, name, address or wildcard: their room, their shards, their jobs and how these came there; " +
            "see [watching](../operators/observing.md#nodes-shards-and-jobs).", AnswerAsync)
        {
            Origin = EndpointOrigin.Extension,
            Parameters = [Size, Timeout],
        },
        new("cat.ml_nodes", ["GET"], ["/_cat/ml/nodes", "/_cat/ml/nodes/{node_id}"], Privileges.MonitorMl, "cluster:monitor/xpack/ml/nodes/get",
            "The nodes as a table.", call => CatFrame.AnswerAsync(call, Columns, ByDefault, async () => [.. await ReadAsync(call, jobs: 0)]))
        {
            Origin = EndpointOrigin.Extension,
            IsText = true,
            Parameters = [Timeout, .. CatFrame.Parameters],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var answers = await ReadAsync(call, call.Get(Size));
        return ApiResult.Json(json => NodesDocument.Write(json, answers, call.Services.Options.ClusterName, call.Services.NowMs));
    }

    /// <exception cref="ApiException">404: no node is meant.</exception>
    private static async Task<IReadOnlyList<NodeAnswer<NodeDescription>>> ReadAsync(ApiCall call, int jobs)
    {
        var all = await call.Services.Nodes.DescribeAsync(jobs, call.Get(Timeout), call.Aborted);
        if (call.Path("node_id") is not { } expression) return all;
        var here = call.Services.Jobs.Node.Id;
        var parts = expression.Split(',');
        var meant = all.Where(answer => parts.Any(part => part == "_all" || (part == "_local" && answer.Reply?.NodeId == here) || Names(part, answer))).ToList();
        if (meant.Count > 0) return meant;
        var names = string.Join(", ", all.Select(answer => answer.Reply?.Name ?? answer.Node.Address));
        throw ApiException.NotFound($"no node matches [{expression}]; there are [{names}]");
    }

    private static bool Names(string part, NodeAnswer<NodeDescription> answer) => JobExpression.Matches(part, answer.Node.Address)
        || (answer.Reply is { } node && (JobExpression.Matches(part, node.NodeId) || JobExpression.Matches(part, node.Name)));
}
