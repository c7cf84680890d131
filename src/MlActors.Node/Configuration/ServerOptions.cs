using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Microsoft.Extensions.Logging;
using MlActors.Datafeeds.Connections;
using MlActors.Gateway;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Maintenance;
using MlActors.Jobs.Placing;
using MlActors.Jobs.Running;
using MlActors.Jobs.Watching;
using MlActors.Node.Clustering;
using MlActors.Storage;
using MlActors.Storage.Postgres;

namespace MlActors.Node.Configuration;

/// <summary>The server's own settings, each as the part that uses it takes it.</summary>
public sealed record ServerOptions(
    IReadOnlyList<string> Urls,
    string NodeName,
    LogLevel LogLevel,
    TlsFiles? Tls,
    GatewayOptions Gateway,
    RunningOptions Running,
    DatafeedOptions Datafeeds,
    WatchdogOptions Watchdog,
    StorageOptions Storage,
    PostgresOptions? Postgres,
    ClusterOptions? Cluster,
    MaintenanceOptions Maintenance,
    TimeSpan MessageRetention,
    ObservingOptions Observing,
    ConnectionSet Connections)
{
    /// <summary>Reads the settings; what is wrong with them is added to <paramref name="problems"/>.</summary>
    /// <returns><c>null</c> when something is.</returns>
    internal static ServerOptions? Read(Config config, List<string> problems)
    {
        var before = problems.Count;
        var urls = config.GetString("urls").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var (certificate, key) = (config.GetString("tls.certificate"), config.GetString("tls.key"));
        var read = new SettingReader(config, problems);
        var options = new ServerOptions(
            urls,
            config.GetString("node-name") is { Length: > 0 } name ? name : Environment.MachineName,
            read.Choice("log-level", new Dictionary<string, LogLevel>(StringComparer.Ordinal) { ["trace"] = LogLevel.Trace, ["debug"] = LogLevel.Debug, ["info"] = LogLevel.Information, ["warning"] = LogLevel.Warning, ["error"] = LogLevel.Error }),
            certificate.Length == 0 && key.Length == 0 ? null : new TlsFiles(certificate, key, config.GetString("tls.key-password")),
            new GatewayOptions
            {
                ProductHeader = read.Switch("product-header"),
                ClusterName = config.GetString("cluster-name"),
                AuthenticationEnabled = read.Switch("authentication.enabled"),
                MaxBodyBytes = read.Bytes("limits.max-request-body"),
                MaxModelMemoryLimitBytes = config.GetString("limits.max-model-memory").Length == 0 ? null : read.Bytes("limits.max-model-memory"),
                DefaultModelMemoryLimitBytes = read.Bytes("limits.default-model-memory"),
                Room = new RoomLimits(read.Count("jobs.max-open"),
                    config.GetString("jobs.max-model-memory").Length == 0 ? RoomLimits.MachineBytes : read.Bytes("jobs.max-model-memory")),
            },
            new RunningOptions
            {
                MaxUnanalysedBytes = read.Bytes("jobs.max-unanalysed"),
                CheckpointBytes = read.Bytes("jobs.checkpoint-after"),
                CheckpointInputs = read.Count("jobs.checkpoint-after-inputs"),
                CheckpointInterval = read.Time("jobs.checkpoint-every"),
                TransitionDeadline = read.Time("jobs.transition-deadline"),
                TransitionRetries = read.Count("jobs.transition-retries"),
                PassivateAfter = read.Time("jobs.passivate-after"),
                CompactAfterEvents = read.Count("jobs.compact-after-events"),
            },
            new DatafeedOptions
            {
                GiveUpAfter = read.Time("datafeeds.give-up-after"),
                FirstRetry = read.Time("datafeeds.first-retry"),
                LongestRetry = read.Time("datafeeds.longest-retry"),
                DelayedCheckEvery = read.Time("datafeeds.delayed-check-every"),
                HealReplayMost = read.Time("datafeeds.heal-replay-most"),
            },
            new WatchdogOptions(read.Count("watchdog.window"), read.Time("watchdog.every")),
            new StorageOptions
            {
                DataDirectory = Path.GetFullPath(config.GetString("data")),
                BusyTimeout = read.Time("storage.busy-timeout"),
                DefaultRetention = config.GetString("documents.default-retention").Length == 0 ? null : read.Time("documents.default-retention"),
                Durability = read.Durability("storage.synchronous"),
            },
            PostgresSettings.Read(config, read, problems),
            ClusterSettings.Read(config, read, problems),
            new MaintenanceOptions(read.Time("maintenance.every"), read.Time("maintenance.pause"), read.TimeOrNever("maintenance.idle-job-auto-close-timeout")),
            read.Time("messages.retention"),
            new ObservingOptions(read.Switch("observing.metrics"), read.CountOrNone("observing.job-metrics"), read.Address("observing.otlp"), read.Share("observing.traces")),
            ConnectionSet.Read(ReadConnections(config.GetValue("connections")), problems));
        if (urls.Length == 0) problems.Add("[mlactors.urls] is empty; give the address of the REST API, e.g. http://127.0.0.1:9200");
        foreach (var problem in ListenPolicy.Check(urls, options.Gateway.AuthenticationEnabled, options.Tls is not null)) problems.Add("[mlactors.urls] " + problem);
        problems.AddRange(options.Gateway.Problems());
        if (options.Tls is { } tls) problems.AddRange(tls.Problems());
        return problems.Count == before ? options : null;
    }

    private static IEnumerable<ConnectionConfig> ReadConnections(HoconValue? connections) =>
        connections is null || !connections.IsObject() ? [] : connections.GetObject().Items.Select(item => new ConnectionConfig(item.Key,
            ServerConfig.Values(item.Value, "").ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal)));
}

/// <summary>Reads single settings; a bad value becomes a problem that names the key, the value and the fix.</summary>
internal sealed class SettingReader(Config config, List<string> problems)
{
    internal bool Switch(string path) => Choice(path, new Dictionary<string, bool>(StringComparer.Ordinal) { ["on"] = true, ["off"] = false, ["true"] = true, ["false"] = false });

    internal T Choice<T>(string path, Dictionary<string, T> choices)
    {
        var text = config.GetString(path);
        if (choices.TryGetValue(text, out var value)) return value;
        problems.Add($"[mlactors.{path}] is [{text}]; it must be one of {string.Join(", ", choices.Keys)}");
        return default!;
    }

    internal Durability Durability(string path) =>
        Choice(path, new Dictionary<string, Durability>(StringComparer.Ordinal) { ["full"] = Storage.Durability.Full, ["normal"] = Storage.Durability.Normal });

    internal int Count(string path)
    {
        var text = config.GetString(path);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0) return value;
        problems.Add($"[mlactors.{path}] is [{text}]; it must be a whole number above 0");
        return 1;
    }

    /// <summary>A whole number, 0 included.</summary>
    internal int CountOrNone(string path)
    {
        var text = config.GetString(path);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return value;
        problems.Add($"[mlactors.{path}] is [{text}]; it must be a whole number, 0 for none");
        return 0;
    }

    internal double Share(string path)
    {
        var text = config.GetString(path);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1) return value;
        problems.Add($"[mlactors.{path}] is [{text}]; it must be a share from 0 to 1");
        return 0;
    }

    /// <summary>An http or https address; <c>null</c> when it is empty.</summary>
    internal Uri? Address(string path)
    {
        var text = config.GetString(path);
        if (text.Length == 0) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        problems.Add($"[mlactors.{path}] is [{text}]; it must be an address such as http://127.0.0.1:4317, or empty");
        return null;
    }

    internal long Bytes(string path) => Read(path, "a size such as 64m", () => config.GetByteSize(path) is { } bytes and > 0 ? bytes : throw new FormatException());

    /// <summary>A time; <c>null</c> for -1.</summary>
    internal TimeSpan? TimeOrNever(string path) => config.GetString(path) == "-1" ? null : Time(path);

    internal TimeSpan Time(string path) =>
        Read(path, "a time such as 30s, 5m or 3h", () => config.GetTimeSpan(path) is var time && time > TimeSpan.Zero ? time : throw new FormatException());

    private T Read<T>(string path, string form, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception cause) when (cause is FormatException or Akka.Configuration.ConfigurationException or OverflowException or ArgumentException)
        {
            problems.Add($"[mlactors.{path}] is [{config.GetString(path)}]; it must be {form}");
            return default!;
        }
    }
}
