using System.Data;
using System.Globalization;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Writes;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>
/// A connection that writes. Statements gather and are sent together; a lost connection is replaced, and what became of its last transaction is found out
/// first: each transaction writes its number into the row of the writer, and whoever comes after it has to wait for that row.
/// </summary>
internal sealed class PostgresWriteSession(PostgresConnector connector, Ownership? ownership, TimeProvider time) : WriteSession
{
    private const string Mark = """
        INSERT INTO writer (writer_id, number) VALUES (?1, ?2) ON CONFLICT (writer_id) DO UPDATE SET number = excluded.number, since = now()
        """;

    // What gathers until it is sent all the same. All but the last statement fit into the driver's buffer, so that the piece leaves in one go: else the
    // driver would go on sending in the background, for fear that both sides wait for each other.
    private const int MostStatements = 1000;
    private const int MostBytes = 256 << 10;
    internal const int BufferBytes = 2 * MostBytes;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Statements are constants, so their reference is their identity.
    private readonly Dictionary<string, PostgresStatement> _statements = new(ReferenceEqualityComparer.Instance);
    private readonly List<(PostgresStatement Statement, NpgsqlBatchCommand Command, RowWrite? Required, int Group)> _waiting = [];
    private readonly string _id = Guid.NewGuid().ToString("N");
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private NpgsqlBatch? _batch;
    private Exception? _unknown;
    private int _queries;
    private int _bytes;
    private int _group;
    private int _backend;
    private int _doubts;
    private long _number;

    public override Statement Prepare(string constant)
    {
        if (_statements.TryGetValue(constant, out var known)) return known;
        return _statements[constant] = new PostgresStatement(this, PostgresDialect.Statement(constant));
    }

    public override void Begin()
    {
        Connect();
        _transaction = _connection!.BeginTransaction(IsolationLevel.ReadCommitted);
        _group = -1;
        Prepare(Mark).Bind(1, _id).Bind(2, ++_number).Do();
    }

    public override void Enter(int number, WriteGroup group)
    {
        _group = number;
        if (group.Owner is { } job && ownership?.Find(job) is { } taken) new OwnerFence(job, taken).Execute(this);
    }

    internal void Add(PostgresStatement statement, NpgsqlBatchCommand command, int bytes, RowWrite? required)
    {
        _waiting.Add((statement, command, required, _group));
        _bytes += bytes;
        if (statement.IsQuery) _queries++;
        if (_waiting.Count >= MostStatements || _bytes > MostBytes) Flush();
    }

    public override void Flush()
    {
        if (_waiting.Count > 0) Send(batch => batch.ExecuteNonQuery());
    }

    /// <summary>Executes what waits, then a query.</summary>
    /// <returns>Whether it has a row; its columns are in <paramref name="columns"/>.</returns>
    internal bool Ask(PostgresStatement statement, NpgsqlBatchCommand command, Span<long> columns, Span<bool> isNull)
    {
        _waiting.Add((statement, command, null, _group));
        var row = new object?[columns.Length];
        var before = _queries;
        var found = Send(batch =>
        {
            using var reader = batch.ExecuteReader();
            for (var i = 0; i < before; i++) reader.NextResult();
            if (!reader.Read()) return 0;
            for (var i = 0; i < row.Length; i++) row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            return 1;
        }) == 1;
        for (var i = 0; i < row.Length; i++)
        {
            isNull[i] = row[i] is null;
            columns[i] = row[i] is { } value ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;
        }
        return found;
    }

    public override void Commit() => _transaction!.Commit();

    public override void Rollback()
    {
        Forget();
        foreach (var statement in _statements.Values) statement.Discard();
        try
        {
            _transaction?.Rollback();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException)
        {
            Drop();
        }
        _transaction = null;
    }

    public override Verdict Judge(Exception failure, WriteStage stage)
    {
        if (!PostgresFailure.IsLost(failure)) return PostgresFailure.Judge(failure);
        if (stage != WriteStage.Begin) connector.Judge(failure);
        Drop();
        return stage == WriteStage.Commit ? WhatBecameOfIt(failure) : Verdict.Passing;
    }

    public override StoreException Translate(Exception failure) => ReferenceEquals(failure, _unknown)
        ? new StoreException("The database went away during a commit; what it holds has to be read.", failure, StoreFailure.Fault)
        : PostgresFailure.Translate(failure);

    public override void Dispose()
    {
        try
        {
            if (_connection is { State: ConnectionState.Open }) PostgresConnector.Execute(_connection, "DELETE FROM writer WHERE writer_id = $1 OR since < now() - interval '30 days'", _id);
        }
        catch (NpgsqlException)
        {
            // A row more in a small table.
        }
        Drop();
    }

    // The commit was sent and not answered.
    private Verdict WhatBecameOfIt(Exception failure)
    {
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < connector.Options.BusyTimeout; Thread.Sleep(Pause))
        {
            try
            {
                return Connect() == _number ? Verdict.Committed : Verdict.Passing;
            }
            catch (Exception e) when (PostgresFailure.Judge(e) is Verdict.Passing or Verdict.Locked)
            {
                // Asked again.
            }
        }
        _unknown = failure;
        return Verdict.OfTheStore;
    }

    /// <summary>Opens a new connection if the one before is lost, once the last transaction of that one is over.</summary>
    /// <returns>The number of the last transaction that committed; -1 for none.</returns>
    private long Connect()
    {
        if (_connection is { State: ConnectionState.Open } && _doubts == connector.Doubts) return _number;
        Drop();
        // What they know is of the connection before.
        foreach (var statement in _statements.Values) statement.Discard();
        _doubts = connector.Doubts;
        var connection = connector.OpenForWriting();
        try
        {
            // The server may not know yet that the other end of the former connection is gone.
            if (_backend != 0)
            {
                PostgresConnector.Execute(connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND pid <> pg_backend_pid() AND application_name = $2",
                    _backend, Name);
            }
            var committed = PostgresConnector.Scalar(connection, "SELECT number FROM writer WHERE writer_id = $1 FOR UPDATE", _id) is long number ? number : -1;
            PostgresConnector.Execute(connection, $"SET application_name = '{Name}'");
            (_connection, _backend) = (connection, connection.ProcessID);
            _batch = new NpgsqlBatch(connection);
            return committed;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string Name => "mlactors-writer-" + _id;

    private int Send(Func<NpgsqlBatch, int> execute)
    {
        var batch = _batch!;
        batch.Transaction = _transaction;
        batch.BatchCommands.Clear();
        foreach (var (_, command, _, _) in _waiting) batch.BatchCommands.Add(command);
        try
        {
            var result = execute(batch);
            ThrowRefusal(_waiting.Count);
            return result;
        }
        catch (PostgresException e) when (e.BatchCommand is NpgsqlBatchCommand failed)
        {
            var at = _waiting.FindIndex(waiting => ReferenceEquals(waiting.Command, failed));
            // A refusal before it is why it failed.
            ThrowRefusal(at);
            throw at < 0 ? e : new GroupFailure(_waiting[at].Group, e);
        }
        finally
        {
            Forget();
        }
    }

    private void ThrowRefusal(int end)
    {
        for (var i = 0; i < end; i++)
            if (_waiting[i].Required is { } write && _waiting[i].Command.Rows == 0) throw new GroupFailure(_waiting[i].Group, write.Refusal());
    }

    private void Forget()
    {
        foreach (var (statement, _, _, _) in _waiting) statement.Reuse();
        _waiting.Clear();
        (_queries, _bytes) = (0, 0);
    }

    private void Drop()
    {
        _batch?.Dispose();
        _connection?.Dispose();
        (_batch, _connection, _transaction) = (null, null, null);
    }
}
