using System.Collections.Immutable;
using System.Globalization;
using Akka.Configuration;
using MlActors.Node.Configuration;

namespace MlActors.Node.Clustering;

/// <summary>The settings below <c>mlactors.cluster</c>; they are checked when it is enabled.</summary>
internal static class ClusterSettings
{
    private static readonly ImmutableArray<string> Roles = [ClusterOptions.Gateway, ClusterOptions.Jobs];

    /// <returns><c>null</c>: the server is alone.</returns>
    public static ClusterOptions? Read(Config config, SettingReader read, List<string> problems)
    {
        if (!read.Switch("cluster.enabled")) return null;
        if (config.GetString("storage.provider") != "postgresql")
        {
            problems.Add("[mlactors.cluster.enabled] is on, and the storage is not one that several nodes can share: set [mlactors.storage.provider] to postgresql, " +
                "or switch the cluster off");
        }
        var host = config.GetString("cluster.host");
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown || host is "0.0.0.0" or "::")
            problems.Add($"[mlactors.cluster.host] is [{host}]; it must be the name or address under which the other nodes reach this one");
        var times = new FailureTimes(
            read.Time("cluster.heartbeat"), read.Time("cluster.acceptable-pause"), read.Time("cluster.stable-after"), read.Time("cluster.removal-margin"));
        if (times.AcceptablePause < times.Heartbeat * 2)
            problems.Add("[mlactors.cluster.acceptable-pause] is less than two heartbeats, so that one that is late makes a node a dead one; make it longer");
        var port = read.Count("cluster.port");
        var tls = NodeTls.Read(config, problems);
        var seeds = ReadSeeds(config.GetString("cluster.seeds"), port, tls is not null, problems);
        return new ClusterOptions(host, port, ReadRoles(config.GetString("cluster.roles"), problems), seeds, times, tls);
    }

    private static ImmutableArray<string> ReadRoles(string text, List<string> problems)
    {
        ImmutableArray<string> roles = [.. Split(text)];
        if (roles.IsEmpty || !roles.All(Roles.Contains)) problems.Add($"[mlactors.cluster.roles] is [{text}]; it must be one or more of {string.Join(", ", Roles)}, separated by commas");
        return roles;
    }

    private static SeedSource ReadSeeds(string text, int port, bool tls, List<string> problems)
    {
        if (text == "database") return new SeedSource.Database();
        var listed = Split(text).Select(seed => Parse(seed, port)).ToList();
        if (listed.Count > 0 && listed.TrueForAll(seed => seed is not null))
            return new SeedSource.Listed([.. listed.Select(seed => ClusterOptions.AddressOf(seed!.Value.Host, seed.Value.Port, tls))]);
        problems.Add($"[mlactors.cluster.seeds] is [{text}]; it must be database, or HOST:PORT of some nodes separated by commas");
        return new SeedSource.Database();
    }

    private static (string Host, int Port)? Parse(string text, int defaultPort)
    {
        var colon = text.LastIndexOf(':');
        var (host, port) = colon < 0 ? (text, defaultPort) : (text[..colon], int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0);
        return Uri.CheckHostName(host) == UriHostNameType.Unknown || port is < 1 or > 65_535 ? null : (host, port);
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
