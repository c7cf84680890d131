using MlActors.Documents.Store;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;
using MlActors.Storage.Cluster;
using MlActors.Storage.Journal;
using MlActors.Storage.Security;
using MlActors.Storage.Sql.Documents;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

/// <summary>The writers and the readers of a database.</summary>
internal sealed record SqlAccess(WriteLanes Writers, ReadPool Readers);

/// <summary>All sides of a store over the databases of the jobs and of the documents.</summary>
public abstract class SqlStorage : IStorage
{
    private readonly TimeProvider _time;
    private readonly SqlAccess _main;
    private readonly SqlAccess _documents;
    private long _probes;
    private int _disposed;

    private protected SqlStorage(TimeProvider time, SqlAccess main, SqlAccess documents, SqlDialect dialect, Ownership? ownership)
    {
        (_time, _main, _documents) = (time, main, documents);
        Jobs = new SqlJobStore(main.Writers, main.Readers);
        Catalog = new SqlCatalog(main.Readers);
        Contexts = new SqlContexts(main.Writers, main.Readers);
        Results = new SqlResults(main.Readers, dialect);
        Upgrades = new SqlUpgrades(main.Writers, main.Readers);
        Audit = new SqlAuditLog(main.Writers, main.Readers);
        Security = new SqlSecurity(main.Writers, main.Readers);
        Events = new SqlEventLog(main.Writers, main.Readers, ownership);
        Documents = new SqlDocuments(documents.Writers, documents.Readers);
    }

    public abstract string Place { get; }

    public IJobStore Jobs { get; }
    public ICatalog Catalog { get; }
    public IContextStore Contexts { get; }
    public IResults Results { get; }
    public IUpgradeStore Upgrades { get; }
    public IAuditLog Audit { get; }
    public ISecurityStore Security { get; }
    public IEventLog Events { get; }
    public IDocumentStore Documents { get; }
    public virtual INodeTable? Nodes => null;

    public async Task<StorageHealth> CheckAsync(TimeSpan deadline)
    {
        var probe = Interlocked.Increment(ref _probes);
        var (written, read, problem) = await ProbeAsync(_main, probe, deadline);
        if (problem is null && (await ProbeAsync(_documents, probe, deadline)).Problem is { } sick) problem = $"The store of documents: {sick}";
        return await MeasureAsync(new StorageHealth(problem, written, read, _main.Writers.Pending + _documents.Writers.Pending, 0, 0, -1));
    }

    public abstract Task BackupAsync(string path, CancellationToken cancellation = default);

    /// <summary>As <see cref="Dispose"/>, without holding the caller's thread while the last writes commit.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return new(Task.Factory.StartNew(Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Commits what was handed in, finishes the reads, and lets go of the databases.</summary>
    private protected abstract void Close();

    /// <summary>Adds sizes, and what of them is a problem.</summary>
    private protected abstract Task<StorageHealth> MeasureAsync(StorageHealth health);

    private async Task<(TimeSpan Written, TimeSpan Read, string? Problem)> ProbeAsync(SqlAccess database, long probe, TimeSpan deadline)
    {
        var written = TimeSpan.Zero;
        try
        {
            var start = _time.GetTimestamp();
            await database.Writers.WriteAsync([new ProbeWrite(probe)]).WaitAsync(deadline, _time);
            written = _time.GetElapsedTime(start);
            start = _time.GetTimestamp();
            var value = await database.Readers.RunAsync(session => session.Number("SELECT value FROM probe WHERE id = 2")).WaitAsync(deadline, _time);
            return (written, _time.GetElapsedTime(start), value < probe ? "What was written is not what is read." : null);
        }
        catch (StoreException e)
        {
            return (written, default, e.Message);
        }
        catch (TimeoutException)
        {
            return (written, default, written == TimeSpan.Zero
                ? "A small write was not durable within the deadline."
                : "A small read was not answered within the deadline.");
        }
    }
}
