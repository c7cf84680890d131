using System.Net.Sockets;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sql;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>What failures of PostgreSQL and of the way to it mean.</summary>
internal static class PostgresFailure
{
    /// <summary>Whether the connection is lost, or of a server that is not (any more) the one to write to.</summary>
    public static bool IsLost(Exception e) => e switch
    {
        PostgresException server => server.SqlState is
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.ReadOnlySqlTransaction or IdleInTransaction or IdleSession || server.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException way => way.InnerException is IOException or SocketException or TimeoutException or null || IsLost(way.InnerException),
        IOException or SocketException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Whether nothing was heard for as long as an answer may take.</summary>
    public static bool IsSilence(Exception e) => e is NpgsqlException { InnerException: TimeoutException };

    /// <summary>What it means for a transaction that has not committed.</summary>
    public static Verdict Judge(Exception e)
    {
        if (IsLost(e)) return Verdict.Passing;
        if (e is not PostgresException server) return e is StoreException ? Verdict.OfTheGroup : Verdict.OfTheTransaction;
        return server.SqlState switch
        {
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => Verdict.Passing,
            PostgresErrorCodes.LockNotAvailable => Verdict.Locked,
            _ => server.SqlState[..2] switch
            {
                // Cardinality, data, constraints, limits of the program.
                "21" or "22" or "23" or "54" => Verdict.OfTheGroup,
                // Syntax, missing tables, missing rights: nothing else would succeed.
                "42" or "28" or "3D" or "3F" => Verdict.OfTheStore,
                _ => Verdict.OfTheTransaction,
            },
        };
    }

    public static StoreException Translate(Exception e) => e switch
    {
        StoreException already => already,
        PostgresException server when !IsLost(server) => Translate(server),
        InvalidDataException damaged => new StoreException(damaged.Message, damaged, StoreFailure.Fault),
        _ when IsLost(e) => new StoreException("The database cannot be reached; nothing was written.", e),
        _ => new StoreException("The store failed: " + e.Message, e, StoreFailure.Fault),
    };

    private const string IdleInTransaction = "25P03";
    private const string IdleSession = "57P05";

    private static StoreException Translate(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.LockNotAvailable => new("The rows are locked by another process; nothing was written.", e),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => new("Other writes were in the way; nothing was written.", e),
        PostgresErrorCodes.QueryCanceled => new("The database took too long; nothing was written.", e),
        PostgresErrorCodes.DiskFull => new("The disk of the database is full; nothing was written.", e),
        _ => e.SqlState[..2] switch
        {
            "53" => new("The database has not enough room, memory or connections; nothing was written.", e),
            "23" => new("The rows were written by another owner already; nothing was written.", e, StoreFailure.Conflict),
            "22" or "54" => new("A value cannot be stored; nothing was written.", e, StoreFailure.Fault),
            "42" or "28" or "3D" or "3F" => new($"The database refuses: {e.MessageText}.", e, StoreFailure.Fault),
            _ => new("The store failed.", e, StoreFailure.Fault),
        },
    };
}
