using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MlActors.Storage.Sqlite;

/// <summary>What a database file holds: the steps from an empty one to the present version, and what of it must never be missing.</summary>
/// <param name="versions">SQL that leads from each version to the next; the first from an empty file.</param>
/// <param name="uniqueIndexes">What uniqueness hangs on.</param>
/// <param name="requiredIndexes">What fast look-ups hang on.</param>
internal sealed class DatabaseSchema(string[] versions, string[] uniqueIndexes, string[] requiredIndexes)
{
    /// <summary>What this version reads and writes.</summary>
    public int CurrentVersion => versions.Length;

    public IReadOnlyList<string> UniqueIndexes => uniqueIndexes;

    /// <summary>All indexes without which a database (copied by hand, repaired) must not be served.</summary>
    public IEnumerable<string> RequiredIndexes => [.. uniqueIndexes, .. requiredIndexes];

    /// <summary>Brings an empty or older database to the current version in one transaction.</summary>
    /// <returns>The version that was found, 0 for an empty database.</returns>
    /// <exception cref="StorageOpenException">A newer version wrote the database.</exception>
    public int Migrate(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var found = (int)(long)Scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") == 0
            ? 0
            : (int)(long)Scalar("SELECT version FROM schema_version");
        if (found > CurrentVersion)
        {
            throw new StorageOpenException(string.Create(CultureInfo.InvariantCulture,
                $"The database {connection.DataSource} has schema {found}, this version knows {CurrentVersion}. ") +
                "Start the newer version, or restore a backup of the older one.");
        }
        if (found == CurrentVersion) return found;
        for (var version = found; version < CurrentVersion; version++) Execute(versions[version]);
        Execute("DELETE FROM schema_version");
        Execute("INSERT INTO schema_version (version) VALUES (" + CurrentVersion.ToString(CultureInfo.InvariantCulture) + ")");
        transaction.Commit();
        return found;

        object Scalar(string sql)
        {
            using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (sql, transaction);
            return command.ExecuteScalar()!;
        }

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (sql, transaction);
            command.ExecuteNonQuery();
        }
    }
}
