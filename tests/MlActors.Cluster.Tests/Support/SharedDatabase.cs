using MlActors.Servers;

namespace MlActors.Cluster.Tests.Support;

/// <summary>The PostgreSQL server that all clusters of these tests have, each with a schema of its own.</summary>
public sealed class SharedDatabase : IAsyncLifetime
{
    private const string Password = "open-sesame-42";
    private static int _schemas;
    private PostgresProcess? _server;

    public string ConnectionString => Server.ConnectionString;

    /// <summary>The server. Who stops it starts it again.</summary>
    internal PostgresProcess Server => _server ?? throw new InvalidOperationException("the server was not started");

    /// <summary>A server whose tables are on a disk of their own, for one test.</summary>
    internal static async Task<SharedDatabase> OnDiskAsync(string disk) => new() { _server = await PostgresProcess.StartAsync(Password, disk: disk) };

    public static string NewSchema() => $"cluster_{Interlocked.Increment(ref _schemas)}";

    public async Task InitializeAsync() => _server = await PostgresProcess.StartAsync(Password);

    public async Task DisposeAsync() => await _server!.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class OnDatabase : ICollectionFixture<SharedDatabase>
{
    public const string Name = "on PostgreSQL";
}
