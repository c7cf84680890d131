using System.Globalization;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>Opens connections to one schema, with the settings that all else relies on.</summary>
internal sealed class PostgresConnector : IDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _writing;
    private readonly string _settings;

    public PostgresConnector(PostgresOptions options, string schema)
    {
        (Options, Schema) = (options, schema);
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            SearchPath = schema,
            Pooling = false,
            Enlist = false,
            Timezone = "UTC",
            // The statements are few and constant.
            MaxAutoPrepare = 400,
            AutoPrepareMinUsages = 2,
            // Tells whose statement failed.
            IncludeFailedBatchedCommand = true,
            // The server ends statements that take too long; this is for a server that does not even do that.
            CommandTimeout = (int)Math.Ceiling((options.StatementTimeout + options.BusyTimeout).TotalSeconds),
            Timeout = Math.Max(1, (int)Math.Ceiling(options.BusyTimeout.TotalSeconds)),
            TcpKeepAlive = true,
        };
        settings.ApplicationName = string.IsNullOrEmpty(settings.ApplicationName) ? "mlactors" : settings.ApplicationName;
        Name = $"{settings.Host}:{settings.Port.ToString(CultureInfo.InvariantCulture)}/{settings.Database} ({schema})";
        _source = new NpgsqlDataSourceBuilder(settings.ToString()).Build();
        settings.WriteBufferSize = PostgresWriteSession.BufferBytes;
        _writing = new NpgsqlDataSourceBuilder(settings.ToString()).Build();
        // A process that is frozen inside a transaction holds locks that the next owner of a job waits for: it must lose them before that one's patience ends.
        _settings = string.Create(CultureInfo.InvariantCulture,
            $"""
            SET lock_timeout = {Ms(options.BusyTimeout)}; SET statement_timeout = {Ms(options.StatementTimeout)};
            SET idle_in_transaction_session_timeout = {Ms(options.BusyTimeout / 2)}; SET synchronous_commit = {(options.Durability == Durability.Full ? "on" : "off")};
            """);
    }

    public PostgresOptions Options { get; }

    public string Schema { get; }

    /// <summary>The database as messages name it, without secrets.</summary>
    public string Name { get; }

    /// <exception cref="NpgsqlException"/>
    public NpgsqlConnection Open() => Open(_source);

    /// <summary>One whose buffer holds what a writer sends in one go.</summary>
    public NpgsqlConnection OpenForWriting() => Open(_writing);

    private NpgsqlConnection Open(NpgsqlDataSource source)
    {
        var connection = source.OpenConnection();
        try
        {
            Execute(connection, _settings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _source.Dispose();
        _writing.Dispose();
    }

    public static int Execute(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using var command = Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    public static object? Scalar(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using var command = Command(connection, sql, values);
        return command.ExecuteScalar();
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private static long Ms(TimeSpan time) => Math.Max(1, (long)time.TotalMilliseconds);
}
