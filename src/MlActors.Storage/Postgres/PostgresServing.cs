using MlActors.Storage.Transfer;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>Which servers use a storage now, as far as the database can tell.</summary>
internal static class PostgresServing
{
    /// <summary>For how long a node that does not say so any more is taken to be there: what the nodes themselves wait, and some more.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Nodes of a cluster that say in its table that they are there, and writers that have a connection.</summary>
    public static IReadOnlyList<string> Of(NpgsqlConnection connection, string schema)
    {
        var (found, at) = (new List<string>(), TableShape.Quoted(schema));
        // Tables of before there were nodes.
        if (PostgresConnector.Scalar(connection, "SELECT to_regclass($1)::text", $"{at}.node") is not string) return found;
        using var command = new NpgsqlCommand($"""
            SELECT 'the node ' || address FROM {at}.node WHERE since > now() - $1
            UNION ALL
            SELECT 'the server at ' || coalesce(host(client_addr), 'this machine') FROM {at}.writer JOIN pg_stat_activity ON application_name = 'mlactors-writer-' || writer_id
            GROUP BY client_addr
            """, connection) { Parameters = { new NpgsqlParameter { Value = Patience } } };
        using var reader = command.ExecuteReader();
        while (reader.Read()) found.Add(reader.GetString(0));
        return found;
    }
}
