using System.Globalization;
using MlActors.Storage.Sql;
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
        // The others wait for as long as it takes.
        PostgresConnector.Execute(connection, "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0");
        PostgresConnector.Execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "mlactors " + connector.Schema);
        var found = Version(connection, connector.Schema);
        var steps = schema.StepsFrom(found, connector.Name).ToList();
        if (steps.Count > 0)
        {
            if (PostgresConnector.Scalar(connection, "SELECT 1 FROM pg_namespace WHERE nspname = $1", connector.Schema) is null)
                PostgresConnector.Execute(connection, $"CREATE SCHEMA {new NpgsqlCommandBuilder().QuoteIdentifier(connector.Schema)}");
            foreach (var sql in steps.SelectMany(step => (string[])[step.Tables, step.Postgres]).Where(sql => sql.Length > 0))
                PostgresConnector.Execute(connection, PostgresDialect.Schema(sql));
            PostgresConnector.Execute(connection, "DELETE FROM schema_version");
            PostgresConnector.Execute(connection, "INSERT INTO schema_version (version) VALUES ($1)", (long)schema.CurrentVersion);
        }
        Check(connection, connector, schema);
        transaction.Commit();
        return found;
    }

    /// <summary>The version of a schema; 0 when it has no tables.</summary>
    public static int Version(NpgsqlConnection connection, string schema)
    {
        if (PostgresConnector.Scalar(connection, "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_version'", schema) is null) return 0;
        return Convert.ToInt32(PostgresConnector.Scalar(connection, "SELECT version FROM schema_version"), CultureInfo.InvariantCulture);
    }

    private static void Check(NpgsqlConnection connection, PostgresConnector connector, DatabaseSchema schema)
    {
        const string index = "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND i.indisvalid";
        foreach (var name in schema.RequiredIndexes)
            Require(index, name, "is missing");
        foreach (var name in schema.UniqueIndexes)
            Require(index + " AND i.indisunique", name, "is not unique");

        void Require(string sql, string name, string problem)
        {
            if ((long)PostgresConnector.Scalar(connection, sql, connector.Schema, name)! != 1)
                throw new StorageOpenException($"The database {connector.Name} cannot be used: its index {name} {problem}.");
        }
    }
}
