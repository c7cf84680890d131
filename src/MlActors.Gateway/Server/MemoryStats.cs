using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Cat;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Expressions;

namespace MlActors.Gateway.Server;

/// <summary>The memory of this node: what there is and what the models of the running jobs take.</summary>
internal static class MemoryStats
{
    public static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var services = call.Services;
        var node = services.Jobs.Node;
        if (call.Path("node_id") is { } pattern && !pattern.Split(',').Any(part => part is "_all" or "_local" or "ml:true" || Names(part)))
            throw ApiException.NotFound($"no node matches [{pattern}]; this node is [{node.Id}], named [{node.Name}]");
        var active = await services.Catalog.ListActiveAsync();
        long models = 0;
        await foreach (var row in services.Catalog.ReadAsync([.. active.Select(job => job.JobId)]))
            models += row.Status.Size.ModelBytes;
        var memory = GC.GetGCMemoryInfo();
        return ApiResult.Json(json => Write(json, call, memory, models));

        bool Names(string part) => JobExpression.Matches(part, node.Id) || JobExpression.Matches(part, node.Name);
    }

    private static void Write(Utf8JsonWriter json, ApiCall call, GCMemoryInfo memory, long models)
    {
        var node = call.Services.Jobs.Node;
        var human = call.Get(Parameters.Human);
        json.WriteStartObject();
        json.WriteStartObject("_nodes");
        json.WriteNumber("total", 1);
        json.WriteNumber("successful", 1);
        json.WriteNumber("failed", 0);
        json.WriteEndObject();
        json.WriteString("cluster_name", call.Services.Options.ClusterName);
        json.WriteStartObject("nodes");
        json.WriteStartObject(node.Id);
        json.WriteString("name", node.Name);
        json.WriteString("ephemeral_id", node.EphemeralId);
        json.WriteString("transport_address", node.TransportAddress);
        json.WriteStartObject("attributes");
        json.WriteEndObject();
        json.WriteStartArray("roles");
        json.WriteStringValue("ml");
        json.WriteEndArray();
        json.WriteStartObject("mem");
        Size("total", memory.TotalAvailableMemoryBytes);
        Size("adjusted_total", memory.TotalAvailableMemoryBytes);
        json.WriteStartObject("ml");
        Size("max", call.Services.Options.Room.MaxModelBytes);
        Size("native_code_overhead", 0);
        Size("anomaly_detectors", models);
        Size("data_frame_analytics", 0);
        Size("native_inference", 0);
        json.WriteEndObject();
        json.WriteEndObject();
        // The name is the API's; here it is the managed heap of the runtime.
        json.WriteStartObject("jvm");
        Size("heap_max", memory.TotalAvailableMemoryBytes);
        Size("java_inference_max", 0);
        Size("java_inference", 0);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();

        void Size(string name, long bytes)
        {
            if (human) json.WriteString(name, CatUnits.HumanBytes(bytes));
            json.WriteNumber(name + "_in_bytes", bytes);
        }
    }
}
