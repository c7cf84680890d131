using System.Text;
using Microsoft.Data.Sqlite;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Tests.Compliance;

namespace MlActors.Storage.Tests.Sqlite;

/// <summary>A SQLite store in a directory of its own under the temporary directory.</summary>
public sealed class SqliteUnderTest : StorageUnderTest
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mlactors-test-");

    public SqliteUnderTest() => Options = new StorageOptions
    {
        DataDirectory = Path.Combine(_directory.FullName, "data"),
        BusyTimeout = TimeSpan.FromMilliseconds(300),
    };

    public StorageOptions Options { get; set; }

    public SqliteStorage Open() => SqliteStorage.Open(Options);

    public override Task<IStorage> OpenAsync() => Task.FromResult<IStorage>(Open());

    /// <summary>A connection beside the store's, as another program would open it.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Options.DatabasePath};Pooling=False");
        connection.Open();
        return connection;
    }

    public override Task<string> DumpResultsAsync()
    {
        using var connection = Connect();
        var text = new StringBuilder();
        foreach (var table in new[] { "bucket", "record", "influencer", "model_plot" })
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                text.Append(table);
                for (var i = 0; i < row.FieldCount; i++) text.Append('|').Append(row.GetDataTypeName(i)).Append(' ').Append(row.GetValue(i));
                text.AppendLine();
            }
        }
        return Task.FromResult(text.ToString());
    }

    /// <summary>A path for a file that does not exist.</summary>
    public string NewPath(string name) => Path.Combine(_directory.FullName, name);

    public override ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
