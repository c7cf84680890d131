using System.Globalization;
using MlActors.Storage.Sql;
using MlActors.Storage.Transfer;
using Npgsql;

namespace MlActors.Storage.Postgres;

internal static class PostgresMigration
{
    /// <summary>
    /// Brings the schema to the current version in one transaction under a lock: of many nodes that start together one does it, the others find it done.
    /// </summary>
    /// <returns>The version that was found, 0 for no tables.</returns>
    /// <exception cref="StorageOpenException">A newer version wrote it, or it lacks what it must have.</exception>
    public static int Run(PostgresConnector connector, DatabaseSchema schema)
    {
        using var connection = connector.Open();
        using var transaction = connection.BeginTransaction();
        // A node that starts on a busy machine may be slow between two statements; one that is frozen must let the others start some time.
        PostgresConnector.Execute(connection, "SET LOCAL idle_in_transaction_session_timeout = '1min'");
        Lock(connection, connector.Schema);
        var found = Take(connection, connector.Schema, connector.Name, schema);
        Check(connection, connector.Schema, connector.Name, schema);
        transaction.Commit();
        return found;
    }

    /// <summary>Until the transaction is over nobody else migrates the schema, so nobody opens it either.</summary>
    public static void Lock(NpgsqlConnection connection, string schemaName)
    {
        // The others wait for as long as it takes.
        PostgresConnector.Execute(connection, "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0");
        PostgresConnector.Execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "mlactors " + schemaName);
    }

    /// <summary>Takes the steps to a version, under the lock; the schema is where the connection looks for tables.</summary>
    /// <param name="version">The one to reach; the current one unless it is given.</param>
    /// <returns>The version that was found, 0 for no tables.</returns>
    public static int Take(NpgsqlConnection connection, string schemaName, string name, DatabaseSchema schema, int? version = null)
    {
        var found = Version(connection, schemaName);
        var steps = schema.StepsFrom(found, name, version).ToList();
        if (steps.Count == 0) return found;
        if (PostgresConnector.Scalar(connection, "SELECT 1 FROM pg_namespace WHERE nspname = $1", schemaName) is null)
            PostgresConnector.Execute(connection, $"CREATE SCHEMA {TableShape.Quoted(schemaName)}");
        foreach (var sql in steps.SelectMany(step => (string[])[step.Tables, step.Postgres]).Where(sql => sql.Length > 0))
            PostgresConnector.Execute(connection, PostgresDialect.Schema(sql));
        PostgresConnector.Execute(connection, "DELETE FROM schema_version");
        PostgresConnector.Execute(connection, "INSERT INTO schema_version (version) VALUES ($1)", (long)(version ?? schema.CurrentVersion));
        return found;
    }

    /// <summary>The version of a schema; 0 when it has no tables.</summary>
    public static int Version(NpgsqlConnection connection, string schema)
    {
        if (PostgresConnector.Scalar(connection, "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_version'", schema) is null) return 0;
        return Convert.ToInt32(PostgresConnector.Scalar(connection, $"SELECT version FROM {TableShape.Quoted(schema)}.schema_version"), CultureInfo.InvariantCulture);
    }

    /// <summary>The versions of both schemas of a storage.</summary>
    public static SchemaVersions Versions(NpgsqlConnection connection, PostgresOptions options) => new(Version(connection, options.Schema), Version(connection, options.DocumentsSchema));

    /// <exception cref="StorageOpenException">It lacks what it must have.</exception>
    public static void Check(NpgsqlConnection connection, string schemaName, string name, DatabaseSchema schema)
    {
        const string index = "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND i.indisvalid";
        foreach (var required in schema.RequiredIndexes)
            Require(index, required, "is missing");
        foreach (var unique in schema.UniqueIndexes)
            Require(index + " AND i.indisunique", unique, "is not unique");

        void Require(string sql, string required, string problem)
        {
            if ((long)PostgresConnector.Scalar(connection, sql, schemaName, required)! != 1)
                throw new StorageOpenException($"The database {name} cannot be used: its index {required} {problem}.");
        }
    }
}
