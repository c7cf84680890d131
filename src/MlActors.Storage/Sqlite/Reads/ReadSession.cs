using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MlActors.Storage.Sqlite.Reads;

/// <summary>A read-only connection with its prepared commands. Used by one thread at a time.</summary>
internal sealed class ReadSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private SqliteTransaction? _snapshot;

    /// <summary>For cursors that read many rows without a reader of ADO between.</summary>
    public SQLitePCL.sqlite3 Handle => connection.Handle ?? throw new InvalidOperationException("The connection is not open.");

    /// <summary>Parameters stand in the text as @0, @1, … in the order of the values.</summary>
    public List<T> List<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using var reader = Execute(sql, values);
        while (reader.Read()) rows.Add(map(reader));
        return rows;
    }

    public T? First<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> values) where T : class
    {
        using var reader = Execute(sql, values);
        return reader.Read() ? map(reader) : null;
    }

    public long Number(string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = Execute(sql, values);
        return reader.Read() && !reader.IsDBNull(0) ? reader.GetInt64(0) : 0;
    }

    /// <summary>The rows of a query; the caller disposes the reader before it uses the same text again.</summary>
    public DbDataReader Execute(string sql, params ReadOnlySpan<object?> values)
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

    /// <summary>Lets several queries see one state of the database.</summary>
    public T InSnapshot<T>(Func<T> read)
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

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        connection.Dispose();
    }
}
