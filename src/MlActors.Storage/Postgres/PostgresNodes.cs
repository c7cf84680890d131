using MlActors.Jobs.Storage;
using MlActors.Storage.Cluster;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>The nodes in a table; under a lock, so that they come one after another.</summary>
internal sealed class PostgresNodes(PostgresConnector connector) : INodeTable
{
    public Task<(IReadOnlyList<NodeRow> Others, bool Forms)> BeatAsync(string address, NodeStage stage, Func<IReadOnlyList<NodeRow>, bool> forms) => RunAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        PostgresConnector.Execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", "mlactors nodes " + connector.Schema);
        var others = Others(connection, address);
        var forming = stage == NodeStage.Seeking && forms(others);
        PostgresConnector.Execute(connection,
            """
            INSERT INTO node (address, stage, beat, since) VALUES ($1, $2, gen_random_uuid(), now())
            ON CONFLICT (address) DO UPDATE SET stage = excluded.stage, beat = excluded.beat, since = excluded.since
            """, address, (int)(forming ? NodeStage.Forming : stage));
        transaction.Commit();
        return ((IReadOnlyList<NodeRow>)others, forming);
    });

    public Task RemoveAsync(string address) => RunAsync(connection => PostgresConnector.Execute(connection, "DELETE FROM node WHERE address = $1", address));

    public Task<bool> TakeLeaseAsync(string name, string owner, TimeSpan holds, params IReadOnlyList<string> allies) => RunAsync(connection => PostgresConnector.Execute(connection,
        """
        INSERT INTO node_lease AS lease (name, owner, until) VALUES ($1, $2, now() + $3)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE lease.owner = excluded.owner OR lease.until < now() OR lease.owner = ANY($4)
        """, name, owner, holds, allies.ToArray()) == 1);

    public Task ReturnLeaseAsync(string name, string owner) =>
        RunAsync(connection => PostgresConnector.Execute(connection, "DELETE FROM node_lease WHERE name = $1 AND owner = $2", name, owner));

    private static List<NodeRow> Others(NpgsqlConnection connection, string address)
    {
        var rows = new List<NodeRow>();
        using var command = new NpgsqlCommand("SELECT address, stage, beat FROM node WHERE address <> $1 ORDER BY address", connection)
        {
            Parameters = { new NpgsqlParameter { Value = address } },
        };
        using var reader = command.ExecuteReader();
        while (reader.Read()) rows.Add(new NodeRow(reader.GetString(0), (NodeStage)reader.GetInt32(1), reader.GetGuid(2)));
        return rows;
    }

    // A connection of its own each time: it is needed every other second, and must not wait behind the work of jobs.
    private Task<T> RunAsync<T>(Func<NpgsqlConnection, T> work) => Task.Run(() =>
    {
        try
        {
            using var connection = connector.OpenBriefly();
            return work(connection);
        }
        catch (NpgsqlException cause)
        {
            throw new StoreException($"The nodes in {connector.Name} cannot be read: {cause.Message}", cause);
        }
    });
}
