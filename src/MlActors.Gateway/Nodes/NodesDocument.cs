using System.Text.Json;
using MlActors.Jobs.Nodes;

namespace MlActors.Gateway.Nodes;

/// <summary>The nodes as JSON. A node that did not answer has only what the others know of it.</summary>
internal static class NodesDocument
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<NodeAnswer<NodeDescription>> answers, string cluster, long nowMs)
    {
        var answered = answers.Count(answer => answer.Reply is not null);
        json.WriteStartObject();
        json.WriteStartObject("_nodes");
        json.WriteNumber("total", answers.Count);
        json.WriteNumber("successful", answered);
        json.WriteNumber("failed", answers.Count - answered);
        json.WriteEndObject();
        json.WriteString("cluster_name", cluster);
        json.WriteStartArray("nodes");
        foreach (var answer in answers)
        {
            json.WriteStartObject();
            if (answer.Reply is { } named) WriteIdentity(json, named);
            WriteStanding(json, answer.Node);
            if (answer.Reply is { } node) WriteNode(json, node, nowMs);
            else json.WriteString("problem", "it did not answer in time");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter json, NodeDescription node)
    {
        json.WriteString("id", node.NodeId);
        json.WriteString("name", node.Name);
        json.WriteString("ephemeral_id", node.EphemeralId);
    }

    private static void WriteStanding(Utf8JsonWriter json, NodeStanding standing)
    {
        json.WriteString("address", standing.Address);
        json.WriteString("state", standing.State);
        json.WriteBoolean("leader", standing.Leader);
        json.WriteBoolean("oldest", standing.Oldest);
        json.WriteStartArray("roles");
        foreach (var role in standing.Roles) json.WriteStringValue(role);
        json.WriteEndArray();
    }

    private static void WriteNode(Utf8JsonWriter json, NodeDescription node, long nowMs)
    {
        json.WriteString("version", node.Version);
        json.WriteNumber("started", node.StartedMs);
        json.WriteNumber("uptime_ms", Math.Max(0, nowMs - node.StartedMs));
        json.WriteBoolean("upgrade_mode", node.UpgradeMode);
        if (node.Room is { } room)
        {
            json.WriteStartObject("room");
            json.WriteNumber("jobs", node.Taken.Jobs);
            json.WriteNumber("max_jobs", room.MaxOpenJobs);
            json.WriteNumber("model_memory_limits_bytes", node.Taken.Bytes);
            json.WriteNumber("max_model_memory_bytes", room.MaxModelBytes);
            json.WriteEndObject();
        }
        WriteCounts(json, "total", node.Shards);
        json.WriteStartArray("shards");
        foreach (var shard in node.Shards)
        {
            json.WriteStartObject();
            json.WriteNumber("shard", shard.Shard);
            WriteMembers(json, [shard]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("jobs");
        foreach (var job in node.Jobs) WriteJob(json, job);
        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IReadOnlyList<ShardDescription> shards)
    {
        json.WriteStartObject(name);
        WriteMembers(json, shards);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, IReadOnlyList<ShardDescription> shards)
    {
        json.WriteNumber("jobs", shards.Sum(shard => shard.Jobs));
        json.WriteNumber("running", shards.Sum(shard => shard.Running));
        json.WriteNumber("failed", shards.Sum(shard => shard.Failed));
        json.WriteNumber("datafeeds", shards.Sum(shard => shard.Datafeeds));
        json.WriteNumber("model_bytes", shards.Sum(shard => shard.ModelBytes));
        json.WriteNumber("waiting_bytes", shards.Sum(shard => shard.WaitingBytes));
        json.WriteNumber("behind_ms", shards.Select(shard => shard.BehindMs).DefaultIfEmpty().Max());
    }

    private static void WriteJob(Utf8JsonWriter json, NodeJob job)
    {
        json.WriteStartObject();
        json.WriteString("job_id", job.JobId);
        json.WriteNumber("shard", job.Shard);
        json.WriteString("state", job.State);
        json.WriteBoolean("datafeed", job.Datafeed);
        json.WriteNumber("model_bytes", job.ModelBytes);
        json.WriteNumber("waiting_bytes", job.WaitingBytes);
        json.WriteNumber("behind_ms", job.BehindMs);
        if (job.Came is { } came)
        {
            json.WriteStartObject("came");
            json.WriteNumber("at", came.AtMs);
            json.WriteString("from", came.From);
            json.WriteString("why", came.Why);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
