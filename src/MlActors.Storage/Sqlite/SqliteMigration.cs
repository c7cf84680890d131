using System.Globalization;
using Microsoft.Data.Sqlite;
using MlActors.Storage.Sql;

namespace MlActors.Storage.Sqlite;

internal static class SqliteMigration
{
    /// <summary>Brings an empty or older database to the current version, or an older one, in one transaction.</summary>
    /// <returns>The version that was found, 0 for an empty database.</returns>
    /// <exception cref="StorageOpenException">A newer version wrote the database.</exception>
    public static int Run(SqliteConnection connection, DatabaseSchema schema, int? version = null)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var found = Version(connection, transaction);
        var steps = schema.StepsFrom(found, connection.DataSource, version).ToList();
        if (steps.Count == 0) return found;
        foreach (var step in steps)
        {
            Execute(step.Tables);
            Execute(step.Sqlite);
        }
        Execute("DELETE FROM schema_version");
        Execute("INSERT INTO schema_version (version) VALUES (" + (version ?? schema.CurrentVersion).ToString(CultureInfo.InvariantCulture) + ")");
        transaction.Commit();
        return found;

        void Execute(string sql)
        {
            if (sql.Length == 0) return;
            using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (sql, transaction);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>The version of the schema of a database; 0 for an empty one.</summary>
    public static int Version(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        return Scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") == 0 ? 0 : (int)Scalar("SELECT version FROM schema_version");

        long Scalar(string sql)
        {
            using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (sql, transaction);
            return (long)command.ExecuteScalar()!;
        }
    }
}
