using Microsoft.Data.Sqlite;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Sqlite;

/// <summary>The rows of a data folder, which is locked meanwhile: over two files there is no other way to see one state.</summary>
internal sealed class SqliteRowSource : RowSource
{
    private readonly IDisposable _directory;
    private readonly List<SqliteConnection> _connections = [];
    private readonly SqliteRows[] _rows;

    /// <exception cref="StorageOpenException">It is in use, or there is nothing in it.</exception>
    public SqliteRowSource(StorageOptions options)
    {
        if (!Directory.Exists(options.DataDirectory)) throw Missing(options);
        _directory = DirectoryLock.Take(Path.GetFullPath(options.DataDirectory));
        try
        {
            SqliteImportFiles.RequireFinished(options);
            _rows = [Open(options, StoragePart.Jobs), Open(options.ForDocuments, StoragePart.Documents)];
            Versions = new SchemaVersions(SqliteMigration.Version(_connections[0]), SqliteMigration.Version(_connections[1]));
            foreach (var part in Enum.GetValues<StoragePart>()) TransferTables.SchemaOf(part).StepsFrom(Versions[part], options.DatabasePath);
            Tables = [.. _rows.SelectMany(rows => rows.Tables())];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override string Kind => "sqlite";

    public override SchemaVersions Versions { get; }

    public override IReadOnlyList<TableShape> Tables { get; }

    public override IEnumerable<RowBuffer> Read(TableShape table) => _rows[(int)table.Part].Read(table);

    public override long? Counted(TableShape table) => _rows[(int)table.Part].Counted(table.Name);

    public override void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
        _directory.Dispose();
    }

    private static StorageOpenException Missing(StorageOptions options) => new($"There is no database {options.DatabasePath}: give the data folder of a server with --data or --config.");

    private SqliteRows Open(StorageOptions options, StoragePart part)
    {
        if (!File.Exists(options.DatabasePath)) throw Missing(options);
        var connection = SqliteFile.OpenExisting(options);
        _connections.Add(connection);
        return new SqliteRows(connection, part);
    }
}
