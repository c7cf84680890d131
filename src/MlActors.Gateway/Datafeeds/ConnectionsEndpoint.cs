using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Security;

namespace MlActors.Gateway.Datafeeds;

/// <summary>The connections that datafeeds may name.</summary>
public static class ConnectionsEndpoint
{
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(5);

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_connections", ["GET"], ["/_ml/connections"], Privileges.MonitorMl, "cluster:monitor/xpack/ml/connections/get",
            "The connections of the server's configuration by name, without their secrets, and whether each answers.", AnswerAsync)
        {
            Origin = EndpointOrigin.Extension,
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var connections = call.Services.Sources.Connections;
        var problems = await Task.WhenAll(connections.Select(connection => ProbeAsync(call, connection.Name)));
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", connections.Count);
            json.WriteStartArray("connections");
            foreach (var (connection, problem) in connections.Zip(problems))
            {
                json.WriteStartObject();
                json.WriteString("name", connection.Name);
                json.WriteString("type", connection.Type);
                json.WriteString("address", connection.Address);
                json.WriteBoolean("healthy", problem is null);
                if (problem is not null) json.WriteString("problem", problem);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task<string?> ProbeAsync(ApiCall call, string connection)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        patience.CancelAfter(LongestProbe);
        try
        {
            return await call.Services.Sources.ProbeAsync(connection, patience.Token);
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested)
        {
            return $"no answer within {LongestProbe.TotalSeconds:0}s";
        }
    }
}
