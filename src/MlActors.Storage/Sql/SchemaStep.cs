namespace MlActors.Storage.Sql;

/// <summary>What leads from one version of a schema to the next.</summary>
/// <param name="Tables">For all databases, in SQLite's words, of which each database has its own translation.</param>
/// <param name="Sqlite">After that, for SQLite alone.</param>
/// <param name="Postgres">After that, for PostgreSQL alone.</param>
internal sealed record SchemaStep(string Tables, string Sqlite = "", string Postgres = "")
{
    public static implicit operator SchemaStep(string tables) => new(tables);
}
