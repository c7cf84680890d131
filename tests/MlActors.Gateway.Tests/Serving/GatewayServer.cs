using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlActors.Gateway.Security;
using MlActors.Jobs;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Upgrading;
using MlActors.Jobs.Storage;
using MlActors.Storage;
using MlActors.Storage.Security;
using MlActors.Storage.Sqlite;

namespace MlActors.Gateway.Tests.Serving;

/// <summary>The REST API on a real Kestrel and a real SQLite store, in a directory of its own.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SqliteStorage _storage;
    private readonly string _directory;

    private GatewayServer(WebApplication app, SqliteStorage storage, ScriptedJobs jobs, CapturedLogs logs, string directory)
    {
        (_app, _storage, Jobs, Logs, _directory) = (app, storage, jobs, logs, directory);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public HttpClient Client { get; }
    public ScriptedUpgrade Upgrade { get; private init; } = null!;
    public ScriptedJobs Jobs { get; }
    public CapturedLogs Logs { get; }
    public IStorage Storage => _storage;

    public static async Task<GatewayServer> StartAsync(GatewayOptions? options = null)
    {
        var directory = Directory.CreateTempSubdirectory("mlactors-gateway-").FullName;
        var storage = SqliteStorage.Open(new StorageOptions { DataDirectory = directory, Durability = Durability.Normal });
        var (jobs, upgrade, logs) = (new ScriptedJobs(storage.Jobs, storage.Catalog), new ScriptedUpgrade(), new CapturedLogs());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IJobs>(jobs).AddSingleton(storage.Jobs).AddSingleton(storage.Catalog).AddSingleton(storage.Contexts).AddSingleton(storage.Results)
            .AddSingleton(storage.Security).AddSingleton<IStorage>(storage).AddSingleton<IDatafeedSources>(new ScriptedSources())
            .AddSingleton<IUpgradeMode>(upgrade);
        builder.Services.AddGateway(options ?? new GatewayOptions());
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync();
        return new GatewayServer(app, storage, jobs, logs, directory) { Upgrade = upgrade };
    }

    /// <summary>A server with authentication and a user for each of these roles, named like it, with the password <c>secret-</c> + name.</summary>
    public static async Task<GatewayServer> StartSecureAsync(params string[] roles)
    {
        var server = await StartAsync(new GatewayOptions { AuthenticationEnabled = true });
        foreach (var role in roles)
            await server._storage.Security.PutUserAsync(new StoredUser(role, PasswordHasher.Hash("secret-" + role), [role], Enabled: true));
        return server;
    }

    public static string Basic(string user, string? password = null) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password ?? "secret-" + user}"));

    public async Task<Answer> SendAsync(string method, string path, string? body = null, string? authorization = null, string contentType = "application/json",
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.Remove("Content-Type");
            if (contentType.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    public Task<Answer> GetAsync(string path) => SendAsync("GET", path);

    public Task<Answer> PostAsync(string path, string? body = null) => SendAsync("POST", path, body);

    /// <summary>Creates a job by the API, and puts it into a state.</summary>
    public async Task PutJobAsync(string id, JobState state = JobState.Closed, string more = "", Func<JobStatus, JobStatus>? status = null)
    {
        var answer = await SendAsync("PUT", $"/_ml/anomaly_detectors/{id}",
            $$"""
            {"analysis_config":{"bucket_span":"5m","detectors":[{"function":"mean","field_name":"value","by_field_name":"host"}]},
             "data_description":{"time_field":"time"}{{more}}}
            """);
        answer.Status.ShouldBe(200, answer.Text);
        var row = (await _storage.Catalog.FindAsync(id))!;
        await Jobs.PutAsync(row, old =>
        {
            var changed = state == JobState.Closed ? old : old with { State = state, NodeId = Jobs.Node.Id, OpenTime = 1000 };
            return status is null ? changed : status(changed);
        });
    }

    public async Task<JobState> StateOfAsync(string id) => (await _storage.Catalog.FindAsync(id))!.Status.State;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _storage.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>One server for all tests of a class that do not change it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal GatewayServer Open { get; private set; } = null!;

    /// <summary>With authentication, and a user for each built-in role.</summary>
    internal GatewayServer Secure { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Open = await GatewayServer.StartAsync(new GatewayOptions { MaxBodyBytes = 4096 });
        await Open.PutJobAsync("job-1");
        Secure = await GatewayServer.StartSecureAsync("machine_learning_user");
    }

    public async Task DisposeAsync()
    {
        await Open.DisposeAsync();
        await Secure.DisposeAsync();
    }
}

/// <summary>A response, read whole.</summary>
internal sealed record Answer(int Status, string Text, string ContentType, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json { get; } = Text.Length > 0 && ContentType.Contains("json") ? JsonDocument.Parse(Text).RootElement : default;

    public string ErrorType => Json.GetProperty("error").GetProperty("type").GetString()!;

    public string Reason => Json.GetProperty("error").GetProperty("reason").GetString()!;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(
            pair => pair.Key, pair => string.Join(" | ", pair.Value), StringComparer.OrdinalIgnoreCase);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text, response.Content.Headers.ContentType?.ToString() ?? "", headers);
    }

    /// <summary>Checks that it is an error in the one shape of the API.</summary>
    public Answer ShouldBeError(int status, string type, params string[] inReason)
    {
        Status.ShouldBe(status, Text);
        Json.GetProperty("status").GetInt32().ShouldBe(status);
        ErrorType.ShouldBe(type, Text);
        Json.GetProperty("error").GetProperty("root_cause").GetArrayLength().ShouldBeGreaterThan(0);
        foreach (var part in inReason) Reason.ShouldContain(part);
        return this;
    }
}
