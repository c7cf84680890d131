using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using MlActors.Node.Configuration;
using MlActors.Node.Serving;
using MlActors.Servers;

namespace MlActors.Datafeeds.Tests.Serving;

/// <summary>This server as a whole, in this process, on a port and with a data folder of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlactors-running-").FullName;
    private readonly HttpClient _client = new();
    private WebApplication? _app;

    /// <summary>Known before the server runs, that its own configuration may name it.</summary>
    public Uri Url { get; } = new($"http://127.0.0.1:{ServerProcess.FreePort()}");

    /// <param name="configuration">HOCON.</param>
    public async Task StartAsync(string configuration = "")
    {
        var file = Path.Combine(_folder, "server.conf");
        await File.WriteAllTextAsync(file, configuration);
        var settings = new Dictionary<string, string> { ["data"] = Path.Combine(_folder, "data"), ["urls"] = Url.ToString().TrimEnd('/'), ["log-level"] = "error" };
        _app = ServerHost.Build(ServerConfig.Load(file, settings));
        await _app.StartAsync();
    }

    /// <summary>Sends a request that has to succeed.</summary>
    public async Task<JsonElement> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Url, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {answer}");
        return JsonDocument.Parse(answer).RootElement;
    }

    /// <summary>Puts documents into an index; none may fail.</summary>
    public async Task PutAsync(string index, IEnumerable<object> documents)
    {
        foreach (var chunk in documents.Chunk(10_000))
        {
            var answer = await SendAsync("POST", $"{index}/_bulk?refresh=true", string.Concat(chunk.Select(document => "{\"index\":{}}\n" + JsonSerializer.Serialize(document) + "\n")));
            answer.GetProperty("errors").GetBoolean().ShouldBeFalse(answer.ToString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
