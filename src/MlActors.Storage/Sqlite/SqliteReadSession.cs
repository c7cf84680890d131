using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sql.Documents;
using MlActors.Storage.Sql.Reads;

namespace MlActors.Storage.Sqlite;

/// <summary>A read-only connection with its prepared commands.</summary>
internal sealed class SqliteReadSession(SqliteConnection connection) : ReadSession
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private SqliteTransaction? _snapshot;

    public override DbDataReader Execute(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = "@" + i.ToString(CultureInfo.InvariantCulture) });
            _commands.Add(sql, command);
        }
        command.Transaction = _snapshot;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command.ExecuteReader();
    }

    public override T InSnapshot<T>(Func<T> read)
    {
        using var transaction = _snapshot = connection.BeginTransaction(deferred: true);
        try
        {
            return read();
        }
        finally
        {
            _snapshot = null;
        }
    }

    public override DocumentCursor OpenCursor(IndexInfo index, QueryMatcher matcher, TimeBounds bounds, DocumentPosition? after, bool descending) =>
        new SqliteDocumentCursor(connection.Handle ?? throw new InvalidOperationException("The connection is not open."), index, matcher, bounds, after, descending);

    public override StoreException Translate(Exception failure) => SqliteFailure.Translate(failure);

    public override void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        connection.Dispose();
    }
}
