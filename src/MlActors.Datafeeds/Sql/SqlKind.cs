using System.Collections.Concurrent;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Sql.Databases;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Sql;

/// <summary>Databases that are asked in SQL.</summary>
internal sealed class SqlKind(PageLimits? limits = null) : ISourceKind
{
    private readonly ConcurrentDictionary<string, Lazy<SqlDatabase>> _databases = new(StringComparer.Ordinal);

    public IEnumerable<ConnectionType> Types => SqlConnections.Types;

    public bool UsesQueries => false;

    public void Check(DatafeedConfig datafeed, JobConfig job, Connection connection, ProblemList problems) => SqlSettings.Read(datafeed, job, problems);

    public IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job, Connection connection) =>
        new SqlSource(DatabaseOf(connection), Settings.OrThrow(problems => SqlSettings.Read(datafeed, job, problems)), job, limits ?? PageLimits.Default);

    public Task<string?> ProbeAsync(Connection connection, CancellationToken cancellation)
    {
        var database = DatabaseOf(connection);
        return Probe.AskAsync(() => Deadline.KeepAsync(connection, async token =>
        {
            await using var session = await database.OpenAsync(token);
            await using var command = session.CreateCommand("SELECT 1");
            return await command.ExecuteScalarAsync(token);
        }, database.Explain, cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values.Where(database => database.IsValueCreated)) await database.Value.DisposeAsync();
    }

    private SqlDatabase DatabaseOf(Connection connection) => _databases.GetOrAdd(connection.Name, _ => new(() => connection switch
    {
        SqliteOptions sqlite => new SqliteFile(sqlite),
        ServerOptions { Type: "postgresql" } server => new PostgresServer(server),
        ServerOptions server => new MySqlServer(server),
        _ => throw new InvalidOperationException($"no database has the connection type {connection.Type}"),
    })).Value;
}
