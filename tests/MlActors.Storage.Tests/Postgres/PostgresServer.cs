using MlActors.Servers;

namespace MlActors.Storage.Tests.Postgres;

/// <summary>One real server for all tests on PostgreSQL, which run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresServer : IAsyncLifetime, ICollectionFixture<PostgresServer>
{
    public const string Name = "postgresql";

    private PostgresProcess _process = null!;

    public string ConnectionString => _process.ConnectionString;

    public async Task InitializeAsync() => _process = await PostgresProcess.StartAsync("secret");

    public async Task DisposeAsync() => await _process.DisposeAsync();
}
