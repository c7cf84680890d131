using System.Globalization;

namespace MlActors.Storage.Sql;

/// <summary>What a database holds: the steps from an empty one to the present version, and what of it must never be missing.</summary>
/// <param name="steps">From each version to the next; the first from nothing.</param>
/// <param name="uniqueIndexes">What uniqueness hangs on.</param>
/// <param name="requiredIndexes">What fast look-ups hang on.</param>
internal sealed class DatabaseSchema(SchemaStep[] steps, string[] uniqueIndexes, string[] requiredIndexes)
{
    /// <summary>What this version reads and writes.</summary>
    public int CurrentVersion => steps.Length;

    public IReadOnlyList<string> UniqueIndexes => uniqueIndexes;

    /// <summary>All indexes without which a database (copied by hand, repaired) must not be served.</summary>
    public IEnumerable<string> RequiredIndexes => [.. uniqueIndexes, .. requiredIndexes];

    /// <summary>What is to be done to a database of a version.</summary>
    /// <param name="found">Its version, 0 for an empty one.</param>
    /// <param name="database">What it is called in messages.</param>
    /// <param name="version">The one to reach; the current one unless it is given.</param>
    /// <exception cref="StorageOpenException">A newer version wrote the database.</exception>
    public IEnumerable<SchemaStep> StepsFrom(int found, string database, int? version = null) => found <= CurrentVersion
        ? steps.Take(version ?? CurrentVersion).Skip(found)
        : throw new StorageOpenException(string.Create(CultureInfo.InvariantCulture,
            $"The database {database} has schema {found}, this version knows {CurrentVersion}. ") +
            "Start the newer version, or restore a backup of the older one.");
}
