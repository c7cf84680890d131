using System.Data;
using System.Data.Common;
using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sql.Documents;
using MlActors.Storage.Sql.Reads;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>A connection that reads; opened when it is needed, and anew when it was lost or is in doubt.</summary>
/// <param name="patient">Whether a statement may take as long as it takes.</param>
internal sealed class PostgresReadSession(PostgresConnector connector, bool patient = false) : ReadSession
{
    private readonly Dictionary<string, NpgsqlCommand> _commands = new(StringComparer.Ordinal);
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _snapshot;
    private int _doubts;

    public override DbDataReader Execute(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = new NpgsqlCommand(PostgresDialect.Statement(sql));
            for (var i = 0; i < values.Length; i++) command.Parameters.Add(new NpgsqlParameter());
            _commands.Add(sql, command);
        }
        (command.Connection, command.Transaction) = (Connection(), _snapshot);
        // A value without a type takes that of what it is compared with.
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] is string text ? text.Replace('\0', '\uFFFD') : values[i] ?? DBNull.Value;
        return command.ExecuteReader();
    }

    public override T InSnapshot<T>(Func<T> read)
    {
        using var transaction = _snapshot = Connection().BeginTransaction(IsolationLevel.RepeatableRead);
        try
        {
            var result = read();
            transaction.Commit();
            return result;
        }
        finally
        {
            _snapshot = null;
        }
    }

    public override DocumentCursor OpenCursor(IndexInfo index, QueryMatcher matcher, TimeBounds bounds, DocumentPosition? after, bool descending) =>
        new PostgresDocumentCursor(this, index, matcher, bounds, after, descending);

    public override bool IsLost(Exception failure)
    {
        if (!PostgresFailure.IsLost(failure)) return false;
        if (_connection is not null) connector.Judge(failure);
        Drop();
        return true;
    }

    public override StoreException Translate(Exception failure) => PostgresFailure.Translate(failure);

    public override void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        Drop();
    }

    private NpgsqlConnection Connection()
    {
        if (_connection is { State: ConnectionState.Open } && (_snapshot is not null || patient || _doubts == connector.Doubts)) return _connection;
        Drop();
        _doubts = connector.Doubts;
        return _connection = patient ? connector.Open() : connector.OpenForReading();
    }

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
