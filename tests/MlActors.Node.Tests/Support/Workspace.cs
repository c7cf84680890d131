using System.Globalization;
using MlActors.Servers;
using MlActors.Storage;
using MlActors.Storage.Postgres;
using MlActors.Storage.Sqlite;

namespace MlActors.Node.Tests.Support;

/// <summary>Where the servers of a test keep their data.</summary>
public enum Database { Sqlite, Postgres }

/// <summary>A folder of its own for one test, gone afterwards; and, on PostgreSQL, schemas of its own in a database server that all tests share.</summary>
internal sealed class Workspace : IDisposable
{
    private static readonly Lazy<Task<PostgresProcess>> Shared = new(() => PostgresProcess.StartAsync("open-sesame-42"));
    private static int _schemas;

    private readonly string _root = Directory.CreateTempSubdirectory("mlactors-node-tests-").FullName;
    private readonly Database _database;
    private readonly string _schema = "";

    public Workspace(Database database = Database.Sqlite)
    {
        _database = database;
        File.WriteAllText(Config, Workload.ServerConfig);
        if (database == Database.Sqlite) return;
        _schema = string.Create(CultureInfo.InvariantCulture, $"node_{Interlocked.Increment(ref _schemas)}");
        File.AppendAllText(Config, $$"""

            mlactors.storage { provider = postgresql, postgresql { connection-string = "{{ConnectionString}}", schema = {{_schema}}, readers = 2 } }
            """);
    }

    /// <summary>The database as Npgsql names it, and the schema in it.</summary>
    public (string Database, string Schema) Postgres => (ConnectionString, _schema);

    /// <summary>The data directory.</summary>
    public string Data => Path.Combine(_root, "data");

    /// <summary>The configuration file.</summary>
    public string Config => Path.Combine(_root, "mlactors.conf");

    public string this[string name] => Path.Combine(_root, name);

    /// <summary>Opens what a server that is gone has left.</summary>
    public IStorage OpenStorage() => _database == Database.Sqlite
        ? SqliteStorage.Open(new StorageOptions { DataDirectory = Data })
        : PostgresStorage.Open(new PostgresOptions { ConnectionString = ConnectionString, Schema = _schema, Readers = 2 });

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // Tests run on few threads, and the first one waits for it anyway.
    private static string ConnectionString => Shared.Value.GetAwaiter().GetResult().ConnectionString;
}
