using System.Data.Common;
using MlActors.Datafeeds.Connections;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Sql;

/// <summary>In which form a statement gets its times.</summary>
internal enum TimeForm { Timestamp, Epoch, EpochMs, Text }

/// <summary>What tells databases apart. One for each connection, with its pool; safe to be used by many readers.</summary>
internal abstract class SqlDatabase(Connection connection) : IAsyncDisposable
{
    public Connection Connection { get; } = connection;

    /// <summary>The form of times when the user does not say.</summary>
    public abstract TimeForm DefaultForm { get; }

    /// <summary>A connection whose clock is UTC, and on it a transaction that cannot write.</summary>
    public abstract Task<SqlSession> OpenAsync(CancellationToken cancellation);

    public abstract string Quote(string identifier);

    /// <summary>Gives a parameter a time as the database's own type of times.</summary>
    public abstract void SetTimestamp(DbParameter parameter, DateTime utc);

    /// <summary>What the driver's exception means; <c>null</c> when it is none of the driver's.</summary>
    public abstract SourceException? Explain(Exception cause);

    /// <summary>How the cells of a column are read.</summary>
    public virtual CellReader ReaderOf(DbDataReader reader, int column) => CellReader.For(reader, column);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Makes a session of a connection, which is given back when that fails.</summary>
    protected static async Task<SqlSession> BeginAsync<T>(T connection, Func<T, Task<SqlSession>> begin)
        where T : DbConnection
    {
        try
        {
            return await begin(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the class of an SQLSTATE says that the statement will never run: wrong data, wrong login, no such database or table, no right to it, or it writes.</summary>
    protected static bool IsPermanent(string? sqlState) => sqlState is { Length: 5 } && sqlState[..2] is "21" or "22" or "25" or "28" or "3D" or "42";

    protected SourceException Failed(string what, bool isPermanent, Exception cause) => new($"connection [{Connection.Name}]: {what}", isPermanent, cause);
}

/// <summary>A connection in a transaction that cannot write.</summary>
/// <param name="interrupt">Stops what runs on a connection whose driver does not do so itself when cancelled.</param>
internal sealed class SqlSession(DbConnection connection, DbTransaction? transaction, Action? interrupt = null) : IAsyncDisposable
{
    /// <summary>Until disposed of, cancelling stops what runs.</summary>
    public CancellationTokenRegistration StopWhen(CancellationToken cancelled) =>
        interrupt is null ? default : cancelled.UnsafeRegister(static stop => ((Action)stop!)(), interrupt);

    public DbCommand CreateCommand(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        // The time limit is ours (Deadline), for all databases the same.
        command.CommandTimeout = 0;
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        if (transaction is not null) await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
