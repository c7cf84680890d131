using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MlActors.Datafeeds.Connections;
using MlActors.Ingest;
using MlActors.Jobs.Datafeeds.Sources;
using SQLitePCL;

namespace MlActors.Datafeeds.Sql.Databases;

/// <summary>The options of a connection to an SQLite file.</summary>
internal sealed class SqliteOptions(string name, string type, string path) : Connection(name, type, path);

/// <summary>An SQLite file, opened read-only.</summary>
internal sealed class SqliteFile(SqliteOptions options) : SqlDatabase(options)
{
    private const int BusyMs = 5000;

    public static ConnectionType ConnectionType { get; } = new("sqlite", "An SQLite file.",
    [
        new("path", OptionForm.File, "", "The path of the database file; it is never written to.") { Required = true },
        ConnectionOption.QueryTimeout,
    ],
    read => new SqliteOptions(read.Name, read.TypeName, Path.GetFullPath(read.Text("path"))) { QueryTimeout = read.QueryTimeout });

    // SQLite has no type of times; dates are usually texts.
    public override TimeForm DefaultForm => TimeForm.Text;

    public override Task<SqlSession> OpenAsync(CancellationToken cancellation) => BeginAsync(
        new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Connection.Address, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()), connection =>
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle, BusyMs);
            return Task.FromResult(new SqlSession(connection, transaction: null, () => raw.sqlite3_interrupt(connection.Handle)));
        });

    public override string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public override void SetTimestamp(DbParameter parameter, DateTime utc) =>
        parameter.Value = utc.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public override SourceException? Explain(Exception cause) => cause is not SqliteException failure ? null : failure.SqliteErrorCode switch
    {
        raw.SQLITE_ERROR or raw.SQLITE_READONLY or raw.SQLITE_AUTH or raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => Failed(failure.Message, isPermanent: true, cause),
        _ => Failed(failure.Message, isPermanent: false, cause),
    };

    // A cell has a type of its own, whatever its column says.
    public override CellReader ReaderOf(DbDataReader reader, int column) => Cells.Instance;

    private sealed class Cells : CellReader
    {
        public static readonly Cells Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) => Of(reader, column).Copy(reader, column, record, field);

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => Of(reader, column).TimeOf(reader, column, times);

        private static CellReader Of(DbDataReader reader, int column) => Of(reader.GetFieldType(column)) ?? throw NoField(reader, column);
    }
}
