using System.Globalization;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>Opens connections to one schema, with the settings that all else relies on.</summary>
internal sealed class PostgresConnector : IDisposable
{
    // Between two signs of life of the other end, when nothing is said.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _patient;
    private readonly NpgsqlDataSource _reading;
    private readonly NpgsqlDataSource _writing;
    private readonly NpgsqlDataSource _brief;
    private readonly string _settings;
    private readonly Doubts _doubts;

    /// <param name="doubts">What all connections of a process to the server share.</param>
    public PostgresConnector(PostgresOptions options, string schema, Doubts? doubts = null)
    {
        (Options, Schema, _doubts) = (options, schema, doubts ?? new Doubts());
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
            CommandTimeout = 0,
            Timeout = Seconds(options.BusyTimeout),
            TcpKeepAlive = true,
            // The system's own are two hours.
            TcpKeepAliveTime = Seconds(KeepAlive),
            TcpKeepAliveInterval = 1,
        };
        // Where it is only preferred, an attempt with it that got no answer is followed by one without, in what is left of the time: if that is less than a
        // millisecond, by one that waits for ever.
        if (settings.GssEncryptionMode == GssEncryptionMode.Prefer) settings.GssEncryptionMode = GssEncryptionMode.Disable;
        settings.ApplicationName = string.IsNullOrEmpty(settings.ApplicationName) ? "mlactors" : settings.ApplicationName;
        Name = $"{settings.Host}:{settings.Port.ToString(CultureInfo.InvariantCulture)}/{settings.Database} ({schema})";
        _patient = NpgsqlDataSource.Create(settings);
        settings.CommandTimeout = Seconds(options.BusyTimeout);
        _brief = NpgsqlDataSource.Create(settings);
        // The server ends statements that take too long; this is for a server, or something on the way to it, that does not even do that.
        settings.CommandTimeout = Seconds(options.StatementTimeout + options.BusyTimeout);
        _reading = NpgsqlDataSource.Create(settings);
        settings.WriteBufferSize = PostgresWriteSession.BufferBytes;
        _writing = NpgsqlDataSource.Create(settings);
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

    /// <summary>See <see cref="Postgres.Doubts"/>.</summary>
    public int Doubts => _doubts.Count;

    /// <summary>One for work that takes as long as it takes: the end of the server, or of the way to it, is all that ends it.</summary>
    /// <exception cref="NpgsqlException"/>
    public NpgsqlConnection Open() => Open(_patient);

    public NpgsqlConnection OpenForReading() => Open(_reading);

    /// <summary>One whose buffer holds what a writer sends in one go.</summary>
    public NpgsqlConnection OpenForWriting() => Open(_writing);

    /// <summary>One for little, where a late answer is worse than none.</summary>
    public NpgsqlConnection OpenBriefly() => Open(_brief);

    /// <summary>Tells of the failure of a connection that was open.</summary>
    public void Judge(Exception failure)
    {
        if (PostgresFailure.IsSilence(failure)) _doubts.Add();
    }

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
        _patient.Dispose();
        _brief.Dispose();
        _reading.Dispose();
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

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));

    private static long Ms(TimeSpan time) => Math.Max(1, (long)time.TotalMilliseconds);
}
