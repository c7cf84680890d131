using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Documents;

namespace MlActors.Storage.Transfer;

/// <summary>What is special about tables when a storage moves. All that is not named here is carried with all its columns.</summary>
internal static class TransferTables
{
    /// <summary>Tables that stay behind, and why.</summary>
    public static IReadOnlyDictionary<string, string> LeftOut { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["schema_version"] = "it is in the header, and the target has its own",
        ["probe"] = "written to see whether writing works",
        ["writer"] = "what each process that writes now has committed last",
        ["job_owner"] = "which process of the old place has a job; nobody has one in the new place, so all of them are refused there",
        ["node"] = "the nodes that run at the old place",
        ["node_lease"] = "who of them is right",
    };

    /// <summary>Rows that a new storage has by itself, as a condition: they do not make it one that is in use.</summary>
    public static IReadOnlyDictionary<string, string> Seeds { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["context_version"] = "version = 0",
        ["upgrade_mode"] = "version = 0",
    };

    public static DatabaseSchema SchemaOf(StoragePart part) => part == StoragePart.Jobs ? Schema.Main : DocumentSchema.Schema;

    /// <summary>A query for whether a table has a row that a new storage does not have.</summary>
    public static string HasRows(string table, string place) =>
        $"SELECT EXISTS (SELECT 1 FROM {place}{(Seeds.TryGetValue(table, out var seed) ? $" WHERE NOT ({seed})" : "")})";
}
