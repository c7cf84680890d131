using System.Data.Common;
using MlActors.Ingest;
using MlActors.Jobs.Datafeeds.Sources;
using Npgsql;
using NpgsqlTypes;

namespace MlActors.Datafeeds.Sql.Databases;

/// <summary>A PostgreSQL server. Rows stream in the binary form of the protocol.</summary>
internal sealed class PostgresServer(ServerOptions options) : SqlDatabase(options)
{
    // The driver's default of 8 KiB means a call of the system, and often a wait, for every two hundred rows.
    private const int ReadBytes = 64 << 10;
    private const int FirstBytes = 256;

    private readonly NpgsqlDataSource _pool = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = options.Host,
        Port = options.Port,
        Database = options.Database,
        Username = options.User,
        Password = options.Password.IsEmpty ? null : options.Password.Reveal(),
        SslMode = options.Tls switch
        {
            TlsMode.Disable => SslMode.Disable,
            TlsMode.Require => SslMode.Require,
            TlsMode.VerifyCa => SslMode.VerifyCA,
            TlsMode.VerifyFull => SslMode.VerifyFull,
            _ => SslMode.Prefer,
        },
        RootCertificate = options.RootCertificate.Length == 0 ? null : options.RootCertificate,
        Timeout = Math.Max(1, (int)options.ConnectTimeout.TotalSeconds),
        MaxPoolSize = options.MaxConnections,
        Timezone = "UTC",
        ClientEncoding = "UTF8",
        ReadBufferSize = ReadBytes,
        ApplicationName = "mlactors",
    }.ConnectionString);

    public override TimeForm DefaultForm => TimeForm.Timestamp;

    public override async Task<SqlSession> OpenAsync(CancellationToken cancellation) =>
        await BeginAsync(await _pool.OpenConnectionAsync(cancellation), async connection =>
        {
            // Asked of the server, so that nothing the statement calls can write either.
            await using var begin = new NpgsqlCommand("BEGIN READ ONLY", connection);
            await begin.ExecuteNonQueryAsync(cancellation);
            return new SqlSession(connection, transaction: null);
        });

    public override string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // "character varying(20)" and the like.
    public override CellReader ReaderOf(DbDataReader reader, int column) =>
        reader.GetDataTypeName(column).Split('(')[0] is "text" or "character varying" or "character" ? new Utf8Cells() : base.ReaderOf(reader, column);

    public override void SetTimestamp(DbParameter parameter, DateTime utc)
    {
        var typed = (NpgsqlParameter)parameter;
        (typed.NpgsqlDbType, typed.Value) = (NpgsqlDbType.TimestampTz, utc);
    }

    public override SourceException? Explain(Exception cause) => cause switch
    {
        PostgresException failure => Failed(Describe(failure), IsPermanent(failure.SqlState), cause),
        NpgsqlException or TimeoutException => Failed(cause.InnerException is { } inner ? $"{cause.Message}: {inner.Message}" : cause.Message, isPermanent: false, cause),
        System.Net.Sockets.SocketException or IOException => Failed(cause.Message, isPermanent: false, cause),
        _ => null,
    };

    public override ValueTask DisposeAsync() => _pool.DisposeAsync();

    private static string Describe(PostgresException failure) => failure.SqlState switch
    {
        PostgresErrorCodes.UndefinedFunction => $"{failure.MessageText} ({failure.SqlState}): if it is about @start and @end, set [source.parameters] to the form of the time column, or cast them",
        _ => $"{failure.MessageText} ({failure.SqlState})",
    };

    /// <summary>Texts as they come over the network, which is as UTF-8: most are known already, and then no string is made of them.</summary>
    private sealed class Utf8Cells : CellReader
    {
        private byte[] _bytes = [];

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field)
        {
            var length = Read(reader, column);
            if (length == _bytes.Length)
            {
                // There may be more of it.
                _bytes = new byte[reader.GetBytes(column, 0, null, 0, 0) + FirstBytes];
                length = Read(reader, column);
            }
            record.Set(field, _bytes.AsSpan(0, length));
        }

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => times.OfText(reader.GetString(column));

        private int Read(DbDataReader reader, int column) => (int)reader.GetBytes(column, 0, _bytes, 0, _bytes.Length);
    }
}
