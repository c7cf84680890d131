using System.Text;
using MlActors.Gateway.Tests.Serving;

namespace MlActors.Gateway.Tests.Documents;

/// <summary>A server with an index of twelve documents, one every ten minutes from 2026-01-01.</summary>
public sealed class DocumentServer : IAsyncLifetime
{
    public const long Start = 1767225600000;
    public const int Count = 12;
    public const long Step = 600_000;

    internal GatewayServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await GatewayServer.StartAsync();
        var body = new StringBuilder();
        // Backwards, so that the order of arrival is not that of time.
        for (var i = Count - 1; i >= 0; i--)
        {
            body.Append("{\"index\":{\"_id\":\"d" + i + "\"}}").Append('\n').Append(
                $$"""{"@timestamp":{{Start + (i * Step)}},"host":{"name":"h{{i % 3}}"},"n":{{i}},"ratio":{{i}}.5,"up":{{(i % 2 == 0 ? "true" : "false")}},"tags":["t{{i % 2}}","all"],"text":"number {{i}}"{{(i == 5 ? ",\"rare\":7" : "")}}}""").Append('\n');
        }
        (await Server.SendAsync("POST", "/logs/_bulk", body.ToString(), contentType: "application/x-ndjson")).Json.GetProperty("errors").GetBoolean().ShouldBeFalse();
        await Server.SendAsync("POST", "/other/_doc/o1", """{"@timestamp":"2026-01-01T00:05:00Z","n":100}""");
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
