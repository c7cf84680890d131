using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace MlActors.Node.Demo;

/// <summary>The few calls of the REST API that the demonstration makes, over HTTP like any client's.</summary>
internal sealed class DemoClient(Uri server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = TimeSpan.FromMinutes(10) };

    public void Dispose() => _http.Dispose();

    /// <exception cref="Commands.CommandException">The server refused; the message is its reason.</exception>
    internal async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return await ReadAsync(request);
    }

    /// <summary>Deletes a job if there is one of that id.</summary>
    internal async Task DeleteAsync(string jobId)
    {
        using var response = await _http.DeleteAsync($"/_ml/anomaly_detectors/{jobId}?force=true");
    }

    /// <summary>Posts records as NDJSON, written while they are sent.</summary>
    internal async Task<JsonElement> PostAsync(string jobId, Func<Stream, Task> write)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/_ml/anomaly_detectors/{jobId}/_data") { Content = new PushContent(write) };
        return await ReadAsync(request);
    }

    private async Task<JsonElement> ReadAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var document = await JsonDocument.ParseAsync(body);
        if (response.IsSuccessStatusCode) return document.RootElement.Clone();
        throw new Commands.CommandException($"{request.Method} {request.RequestUri}: {document.RootElement.GetProperty("error").GetProperty("reason").GetString()}");
    }

    private sealed class PushContent : HttpContent
    {
        private readonly Func<Stream, Task> _write;

        internal PushContent(Func<Stream, Task> write)
        {
            _write = write;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => _write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
