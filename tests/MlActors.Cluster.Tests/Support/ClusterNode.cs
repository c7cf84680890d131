using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests.Support;

/// <summary>Where a server of a cluster is to live.</summary>
/// <param name="Database">The connection string of the PostgreSQL server that the nodes share.</param>
/// <param name="Port">For the other nodes.</param>
internal sealed record NodePlace(string Database, string Schema, int Port)
{
    /// <summary>Its address for the other nodes.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The command that brings a process there; none for this machine.</summary>
    public string[]? Before { get; init; }

    /// <summary>The folder of its program, if it is not the one of this build.</summary>
    public string? Build { get; init; }

    /// <summary>How a client gets there, if not as usual.</summary>
    public Func<HttpMessageHandler>? Way { get; init; }
}

/// <summary>A server of a cluster, in a process of its own.</summary>
internal sealed record ClusterNode(string Id, ServerProcess Process, MlClient Client)
{
    /// <summary>Starts a server; it is a member when this completes.</summary>
    /// <param name="settings">Settings besides the place.</param>
    /// <param name="urls">Where its API is; a free port without it.</param>
    /// <param name="faults">Where it is to die.</param>
    /// <exception cref="ServerDiedException"/>
    /// <exception cref="TimeoutException">It is not a member after long; it was killed.</exception>
    public static async Task<ClusterNode> StartAsync(string folder, NodePlace place, string settings, string urls = "http://127.0.0.1:0", string? faults = null)
    {
        var process = await BeginAsync(folder, place, settings, urls, faults);
        try
        {
            var client = new MlClient(await process.ListeningAsync(), place.Way?.Invoke());
            return new ClusterNode(await File.ReadAllTextAsync(Path.Combine(folder, "node.id")), process, client);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server and does not wait for it.</summary>
    public static async Task<ServerProcess> BeginAsync(string folder, NodePlace place, string settings, string urls = "http://127.0.0.1:0", string? faults = null)
    {
        var config = Path.Combine(folder, "mlactors.conf");
        await File.WriteAllTextAsync(config, $$"""
            mlactors {
              log-level = info
              storage { provider = postgresql, postgresql { connection-string = "{{place.Database}}", schema = {{place.Schema}} } }
              cluster { enabled = on, host = "{{place.Host}}", port = {{place.Port}} }
            }
            {{settings}}
            """);
        return ServerProcess.Start(folder, faults, config, urls, place.Before, build: place.Build);
    }
}
