using System.Globalization;
using System.Text;
using MlActors.Storage.Postgres;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Tests.Compliance;
using Npgsql;

namespace MlActors.Storage.Tests.Postgres;

/// <summary>A PostgreSQL store in schemas of its own, on a server that all tests share.</summary>
public sealed class PostgresUnderTest(PostgresServer server) : StorageUnderTest
{
    private static int _schemas;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mlactors-test-");

    public string Schema { get; } = string.Create(CultureInfo.InvariantCulture, $"store_{Interlocked.Increment(ref _schemas)}");

    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public PostgresOptions Options => new()
    {
        ConnectionString = server.ConnectionString, Schema = Schema, Readers = 2, BusyTimeout = BusyTimeout, Durability = Durability.Normal,
    };

    public PostgresStorage Open() => PostgresStorage.Open(Options);

    public override Task<IStorage> OpenAsync() => Task.FromResult<IStorage>(Open());

    /// <summary>A connection beside the store's, as another program would open it.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(server.ConnectionString + $";Search Path={Schema}");
        await connection.OpenAsync();
        return connection;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Until a writer of a store waits for a lock that somebody else has.</summary>
    public async Task UntilWaitingForLockAsync()
    {
        while (await ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'mlactors-writer-%'") is 0L) await Task.Yield();
    }

    public override async Task<string> DumpResultsAsync()
    {
        await using var connection = await ConnectAsync();
        var text = new StringBuilder();
        foreach (var (table, order) in new[] { ("bucket", ""), ("record", ", ordinal"), ("influencer", ", ordinal"), ("model_plot", ", ordinal") })
        {
            await using var command = new NpgsqlCommand($"SELECT * FROM {table} ORDER BY job_id, timestamp{order}", connection);
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                text.Append(table);
                for (var i = 0; i < row.FieldCount; i++) text.Append('|').Append(row.GetDataTypeName(i)).Append(' ').Append(row.GetValue(i));
                text.AppendLine();
            }
        }
        return text.ToString();
    }

    /// <summary>A path for a file that does not exist.</summary>
    public string NewPath(string name) => Path.Combine(_directory.FullName, name);

    public override async ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        await ExecuteAsync($"DROP SCHEMA IF EXISTS {Schema} CASCADE; DROP SCHEMA IF EXISTS {Schema}_documents CASCADE");
    }
}
