using MlActors.Documents.Store;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;
using MlActors.Storage.Cluster;
using MlActors.Storage.Journal;
using MlActors.Storage.Security;

namespace MlActors.Storage;

/// <summary>One opened store with all its sides. Disposing it commits what was handed in before, then releases the data directory.</summary>
public interface IStorage : IAsyncDisposable, IDisposable
{
    /// <summary>Where the data is, for messages: a path or the name of a database, without secrets.</summary>
    string Place { get; }

    IJobStore Jobs { get; }
    ICatalog Catalog { get; }
    IContextStore Contexts { get; }
    IResults Results { get; }
    IUpgradeStore Upgrades { get; }
    IAuditLog Audit { get; }
    ISecurityStore Security { get; }
    IEventLog Events { get; }
    IDocumentStore Documents { get; }

    /// <summary>Where the nodes that share the store find each other; <c>null</c> when one process has it for itself.</summary>
    INodeTable? Nodes { get; }

    /// <summary>
    /// Does one real write and one real read, each within <paramref name="deadline"/>. Never throws for a sick store: the report says what is wrong.
    /// </summary>
    Task<StorageHealth> CheckAsync(TimeSpan deadline);

    /// <summary>
    /// Writes consistent, compact, verified copies to files that must not exist yet. Writes and reads go on meanwhile. The copy of the documents is taken
    /// after the other, so that it holds whatever the jobs have read.
    /// </summary>
    /// <param name="path">Of the copy of the jobs; that of the documents stands beside it, see <see cref="DocumentsBackup"/>.</param>
    /// <exception cref="StoreException">
    /// The copy could not be made; no file is left at <paramref name="path"/>. Or the database is a server that makes its own copies; the message says how.
    /// </exception>
    Task BackupAsync(string path, CancellationToken cancellation = default);

    /// <summary>Where the copy of the documents stands when that of the jobs is <paramref name="path"/>.</summary>
    static string DocumentsBackup(string path) => Path.ChangeExtension(path, ".documents" + Path.GetExtension(path));
}

/// <summary>The store cannot be opened; the message says why and what to do. Nothing was changed.</summary>
public sealed class StorageOpenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How the store is.</summary>
/// <param name="Problem">Why it is not healthy; <c>null</c> when it is.</param>
/// <param name="WriteTime">From handing in a small write to its commit.</param>
/// <param name="QueuedGroups">Write groups that wait for the writer.</param>
/// <param name="DatabaseBytes">Size of the main file, or of all tables.</param>
/// <param name="LogBytes">Size of the write-ahead log; grows when readers or the disk hold checkpoints back.</param>
/// <param name="FreeBytes">Space left where the data directory lives; -1 when the system does not say.</param>
public sealed record StorageHealth(
    string? Problem, TimeSpan WriteTime, TimeSpan ReadTime, int QueuedGroups, long DatabaseBytes, long LogBytes, long FreeBytes)
{
    public bool Healthy => Problem is null;
}
