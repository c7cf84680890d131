using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace MlActors.Node.Tests.Support;

/// <summary>What the API answered.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonNode Body)
{
    public JsonNode Expect(HttpStatusCode status)
    {
        Status.ShouldBe(status, Body.ToJsonString());
        return Body;
    }
}

/// <summary>Calls the API as any client does. A server that dies shows as <see cref="HttpRequestException"/> or <see cref="IOException"/>.</summary>
/// <param name="way">How it gets there, if not as usual.</param>
internal sealed class MlClient(Uri address, HttpMessageHandler? way = null) : IDisposable
{
    private readonly HttpClient _http = new(way ?? new SocketsHttpHandler()) { BaseAddress = address };

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            return new Answer(response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!);
        }
        catch (SocketException lost)
        {
            // So shows, bare, a connection that is lost at the moment it is made.
            throw new HttpRequestException(lost.Message, lost);
        }
    }

    public Task<Answer> PutAsync(string job, string config) => SendAsync(HttpMethod.Put, Path(job), config);

    public Task<Answer> OpenAsync(string job) => SendAsync(HttpMethod.Post, Path(job) + "/_open");

    public Task<Answer> CloseAsync(string job, bool force = false) => SendAsync(HttpMethod.Post, $"{Path(job)}/_close{(force ? "?force=true" : "")}");

    public Task<Answer> PostAsync(string job, string batchId, string records) => SendAsync(HttpMethod.Post, $"{Path(job)}/_data?batch_id={batchId}", records);

    /// <summary>The job's entry of its stats.</summary>
    public async Task<JsonNode> StatsAsync(string job) =>
        (await SendAsync(HttpMethod.Get, Path(job) + "/_stats")).Expect(HttpStatusCode.OK)["jobs"]![0]!;

    public async Task<string> StateAsync(string job) => (string)(await StatsAsync(job))["state"]!;

    public Task<string> UntilAsync(string job, string state) => Poll.UntilAsync(() => StateAsync(job), s => string.Equals(s, state, StringComparison.Ordinal));

    /// <summary>All buckets, records and influencers as text, without the time that computing them took.</summary>
    public async Task<string> ResultsAsync(string job)
    {
        var text = new StringBuilder();
        foreach (var kind in (string[])["buckets", "records", "influencers"])
        {
            var body = (await SendAsync(HttpMethod.Get, $"{Path(job)}/results/{kind}?size=10000")).Expect(HttpStatusCode.OK);
            foreach (var result in body[kind]!.AsArray())
            {
                result!.AsObject().Remove("processing_time_ms");
                text.Append(kind).Append(' ').Append(result.ToJsonString()).Append('\n');
            }
        }
        return text.ToString();
    }

    public void Dispose() => _http.Dispose();

    private static string Path(string job) => "/_ml/anomaly_detectors/" + job;
}
