using System.Data.Common;
using MlActors.Jobs.Datafeeds.Sources;
using Npgsql;
using NpgsqlTypes;

namespace MlActors.Datafeeds.Sql.Databases;

/// <summary>A PostgreSQL server. Rows stream in the binary form of the protocol.</summary>
internal sealed class PostgresServer(ServerOptions options) : SqlDatabase(options)
{
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
}
