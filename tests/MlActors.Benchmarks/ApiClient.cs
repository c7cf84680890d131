using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace MlActors.Benchmarks;

/// <summary>Calls the API of a server; whatever it answers but success ends the measurement.</summary>
internal sealed class ApiClient(string url) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(10) };

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _client.SendAsync(request);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode ? json : throw new InvalidOperationException($"{method} {path}: {json}");
    }

    public Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<JsonElement> PostAsync(string path, string? body = null) => SendAsync(HttpMethod.Post, path, body);

    public void Dispose() => _client.Dispose();
}
