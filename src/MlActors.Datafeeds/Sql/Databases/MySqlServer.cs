using System.Data;
using System.Data.Common;
using MlActors.Jobs.Datafeeds.Sources;
using MySqlConnector;

namespace MlActors.Datafeeds.Sql.Databases;

/// <summary>A MySQL or MariaDB server. Rows are taken from the network as they are asked for.</summary>
internal sealed class MySqlServer(ServerOptions options) : SqlDatabase(options)
{
    // Filed among wrong statements, but it passes.
    private const int TooManyConnectionsOfUser = 1203;
    private const int LimitOfUser = 1226;

    private readonly MySqlDataSource _pool = new(new MySqlConnectionStringBuilder
    {
        Server = options.Host,
        Port = (uint)options.Port,
        Database = options.Database,
        UserID = options.User,
        Password = options.Password.Reveal(),
        SslMode = options.Tls switch
        {
            TlsMode.Disable => MySqlSslMode.None,
            TlsMode.Require => MySqlSslMode.Required,
            TlsMode.VerifyCa => MySqlSslMode.VerifyCA,
            TlsMode.VerifyFull => MySqlSslMode.VerifyFull,
            _ => MySqlSslMode.Preferred,
        },
        SslCa = options.RootCertificate,
        ConnectionTimeout = Math.Max(1, (uint)options.ConnectTimeout.TotalSeconds),
        MaximumPoolSize = (uint)options.MaxConnections,
        // A date that MySQL takes and nobody else: before all others, and so never in a range.
        ConvertZeroDateTime = true,
        // @start is ours, but a statement may use variables of the session too.
        AllowUserVariables = true,
        AllowLoadLocalInfile = false,
        ApplicationName = "mlactors",
    }.ConnectionString);

    public override TimeForm DefaultForm => TimeForm.Timestamp;

    public override async Task<SqlSession> OpenAsync(CancellationToken cancellation) =>
        await BeginAsync(await _pool.OpenConnectionAsync(cancellation), async connection =>
        {
            await using var command = new MySqlCommand("SET time_zone = '+00:00'", connection);
            await command.ExecuteNonQueryAsync(cancellation);
            return new SqlSession(connection, await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, isReadOnly: true, cancellation));
        });

    public override string Quote(string identifier) => $"`{identifier.Replace("`", "``", StringComparison.Ordinal)}`";

    public override void SetTimestamp(DbParameter parameter, DateTime utc)
    {
        var typed = (MySqlParameter)parameter;
        (typed.MySqlDbType, typed.Value) = (MySqlDbType.DateTime, utc);
    }

    public override SourceException? Explain(Exception cause) => cause switch
    {
        MySqlException failure => Failed(failure.Message, IsPermanent(failure.SqlState) && failure.Number is not (TooManyConnectionsOfUser or LimitOfUser), cause),
        System.Net.Sockets.SocketException or IOException or TimeoutException => Failed(cause.Message, isPermanent: false, cause),
        _ => null,
    };

    public override ValueTask DisposeAsync() => _pool.DisposeAsync();
}
