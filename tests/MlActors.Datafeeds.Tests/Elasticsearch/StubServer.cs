using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MlActors.Servers;

namespace MlActors.Datafeeds.Tests.Elasticsearch;

/// <summary>A request as a stub sees it.</summary>
internal sealed record StubRequest(string Method, string Path, string? Authorization, JsonNode? Body);

/// <summary>An HTTP server on loopback that answers what a function says, and remembers what it was asked.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<StubRequest, (int Status, string Json)> _answer;
    private readonly Task _serving;

    public StubServer(Func<StubRequest, (int Status, string Json)> answer)
    {
        _answer = answer;
        Url = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    public List<StubRequest> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) await AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception cause) when (cause is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        var request = new StubRequest(context.Request.HttpMethod, context.Request.Url!.PathAndQuery, context.Request.Headers["Authorization"], body.Length == 0 ? null : JsonNode.Parse(body));
        lock (Requests) Requests.Add(request);
        var (status, json) = _answer(request);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var bytes = Encoding.UTF8.GetBytes(json);
        await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    }
}
