using Microsoft.Extensions.Logging.Abstractions;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Writes;
using MlActors.Storage.Sqlite;

namespace MlActors.Storage.Tests.Sqlite;

/// <summary>The writer on a database that may grow by some pages only, which SQLite reports exactly as a full disk.</summary>
internal sealed class LimitedStore : IDisposable
{
    private readonly GroupWriter _writer;

    private LimitedStore(StorageOptions options, int extraPages)
    {
        var connection = SqliteFile.OpenWriter(options);
        var pages = (long)SqliteFile.Scalar(connection, "PRAGMA page_count");
        SqliteFile.Execute(connection, $"PRAGMA max_page_count = {pages + extraPages}");
        _writer = new GroupWriter(new SqliteWriteSession(connection), new WriterLimits(options.MaxTransactionGroups, options.MaxTransactionBytes, options.BusyTimeout),
            TimeProvider.System, NullLogger.Instance);
    }

    public static LimitedStore Open(StorageOptions options, int extraPages) => new(options, extraPages);

    public Task WriteAsync(IReadOnlyList<StoreWrite> writes) => _writer.WriteAsync(RowWrite.Prepare(writes), owner: null);

    public void Dispose() => _writer.Dispose();
}
