using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

/// <summary>A server that is killed while documents come in has all of those that it acknowledged, and no half of a batch.</summary>
public sealed class DeathWhileTakingDocumentsTests
{
    private const int DocumentsOfARequest = 100;

    [Theory]
    [InlineData("documents.committing:4", 2)]
    [InlineData("documents.committed:4", 3)]
    public async Task Acknowledged_documents_are_there_after_the_death_of_the_server_at(string point, int batches)
    {
        using var space = new Workspace();
        var acknowledged = new List<string>();
        await using (var server = ServerProcess.Start(space.Data, point + "=kill", space.Config))
        {
            using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
            try
            {
                for (var batch = 0; ; batch++) acknowledged.AddRange(await SendAsync(client, batch));
            }
            catch (Exception lost) when (lost is HttpRequestException or SocketException)
            {
                (await server.ExitAsync()).ShouldBe(ServerProcess.Killed);
            }
        }
        // The first commit was the index; of the rest, all but the one that was struck were answered.
        acknowledged.Count.ShouldBe(2 * DocumentsOfARequest);
        await using var again = ServerProcess.Start(space.Data, config: space.Config);
        using var reader = new HttpClient { BaseAddress = await again.ListeningAsync() };
        (await CountAsync(reader, $$"""{"query":{"ids":{"values":{{JsonSerializer.Serialize(acknowledged)}}} } }""")).ShouldBe(acknowledged.Count);
        (await CountAsync(reader, "{}")).ShouldBe(batches * DocumentsOfARequest, "what was committed is there, whole, though nobody was told");
    }

    private static async Task<IEnumerable<string>> SendAsync(HttpClient client, int batch)
    {
        var ids = Enumerable.Range(0, DocumentsOfARequest).Select(i => $"{batch}-{i}").ToList();
        var body = new StringBuilder();
        foreach (var id in ids) body.Append("{\"create\":{\"_id\":\"").Append(id).Append("\"}}\n{\"time\":").Append(batch).Append("}\n");
        using var content = new StringContent(body.ToString(), Encoding.UTF8, "application/x-ndjson");
        using var answer = await client.PostAsync("/crash/_bulk?filter_path=errors", content);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"errors":false}""");
        return ids;
    }

    private static async Task<long> CountAsync(HttpClient client, string query)
    {
        using var content = new StringContent(query, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/crash/_count", content);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("count").GetInt64();
    }
}
