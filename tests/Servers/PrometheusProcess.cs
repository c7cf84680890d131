namespace MlActors.Servers;

/// <summary>A Prometheus server with given samples, that asks for a password.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    public const string User = "reader";
    public const string Password = "open-sesame-42";

    // bcrypt of the password, as a server's configuration holds it.
    private const string Hash = "$2b$05$s7vwBvDQWJglMv5jye/BtenTdwL0idz.KdMr2ocoRCtgK/PDDAzBq";

    private readonly ServerProcess _server = new("prometheus", "nobody");

    private PrometheusProcess()
    {
    }

    public Uri Url => new($"http://127.0.0.1:{_server.Port}/");

    /// <param name="samples">In the OpenMetrics text format, with times.</param>
    public static async Task<PrometheusProcess> StartAsync(string samples)
    {
        var prometheus = new PrometheusProcess();
        await prometheus._server.PrepareAsync(() => prometheus.StartWithAsync(samples));
        return prometheus;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task StartWithAsync(string samples)
    {
        var (text, data, config, web) = (Place("samples.txt"), Place("data"), Place("prometheus.yml"), Place("web.yml"));
        await File.WriteAllTextAsync(text, samples);
        await File.WriteAllTextAsync(config, "global: {}\n");
        await File.WriteAllTextAsync(web, $"basic_auth_users:\n  {User}: {Hash}\n");
        await _server.RunAsync(ServerProcess.Find("promtool", "prometheus"), "tsdb", "create-blocks-from", "openmetrics", text, data);
        using var client = new HttpClient();
        await _server.StartAsync(async () => await AnswersAsync(client), ServerProcess.Find("prometheus", "prometheus"),
            $"--config.file={config}", $"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=100y", $"--web.config.file={web}",
            $"--web.listen-address=127.0.0.1:{_server.Port}");
    }

    private string Place(string name) => Path.Combine(_server.Folder, name);

    private async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, "-/ready"));
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{User}:{Password}")));
            using var response = await client.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
