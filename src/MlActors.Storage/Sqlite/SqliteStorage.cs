using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlActors.Documents.Store;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Security;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Documents;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sqlite;

/// <summary>The store of a single process: one SQLite file for the jobs and one for documents, each with one writer and some readers.</summary>
public sealed class SqliteStorage : IStorage
{
    /// <summary>
    /// Less free space than this is reported as a problem while writes still succeed: the write-ahead log, one snapshot and the input between two
    /// snapshots (64 MiB by default) must find room before anybody has looked.
    /// </summary>
    private const long LeastFreeBytes = 64L << 20;

    private readonly StorageOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IDisposable _directory;
    private readonly SqliteDatabase _main;
    private readonly SqliteDatabase _documents;
    private long _probes;
    private int _disposed;

    private SqliteStorage(TimeProvider time, ILogger logger, IDisposable directory, SqliteDatabase main, SqliteDatabase documents)
    {
        (_options, _time, _logger, _directory, _main, _documents) = (main.Options, time, logger, directory, main, documents);
        Jobs = new SqlJobStore(main.Writers, main.Readers);
        Catalog = new SqlCatalog(main.Readers);
        Contexts = new SqlContexts(main.Writers, main.Readers);
        Results = new SqlResults(main.Readers, new SqliteDialect());
        Security = new SqlSecurity(main.Writers, main.Readers);
        Events = new SqlEventLog(main.Writers, main.Readers);
        Documents = new SqlDocuments(documents.Writers, documents.Readers);
    }

    /// <summary>Name of the database file in the data directory.</summary>
    public string FileName => _options.FileName;

    /// <summary>Name of the file with the documents.</summary>
    public string DocumentsFileName => _options.DocumentsFileName;

    public IJobStore Jobs { get; }
    public ICatalog Catalog { get; }
    public IContextStore Contexts { get; }
    public IResults Results { get; }
    public ISecurityStore Security { get; }
    public IEventLog Events { get; }
    public IDocumentStore Documents { get; }

    /// <summary>Locks the data directory, creates or migrates the databases, checks them and starts their writers and readers.</summary>
    /// <exception cref="StorageOpenException">It cannot be used; the message says why.</exception>
    public static SqliteStorage Open(StorageOptions options, TimeProvider? time = null, ILogger<SqliteStorage>? logger = null)
    {
        ILogger log = logger ?? NullLogger<SqliteStorage>.Instance;
        var directory = DirectoryLock.Take(Path.GetFullPath(options.DataDirectory));
        SqliteDatabase? main = null;
        try
        {
            var clock = time ?? TimeProvider.System;
            main = SqliteDatabase.Open(options, Schema.Main, clock, log, "store");
            var documents = SqliteDatabase.Open(options.ForDocuments, DocumentSchema.Schema, clock, log, "documents");
            return new SqliteStorage(clock, log, directory, main, documents);
        }
        catch
        {
            main?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    public async Task<StorageHealth> CheckAsync(TimeSpan deadline)
    {
        var probe = Interlocked.Increment(ref _probes);
        var (written, read, problem) = await ProbeAsync(_main, probe, deadline);
        if (problem is null && (await ProbeAsync(_documents, probe, deadline)).Problem is { } sick) problem = $"The store of documents ({_documents.Options.FileName}): {sick}";
        var free = FreeBytes();
        if (free is >= 0 and < LeastFreeBytes)
        {
            problem ??= $"Only {free >> 20} MiB are free where {Path.GetFullPath(_options.DataDirectory)} lives; " +
                $"make room, at least {LeastFreeBytes >> 20} MiB.";
        }
        return new StorageHealth(problem, written, read, _main.Writers.Pending + _documents.Writers.Pending, _main.FileBytes + _documents.FileBytes,
            _main.LogBytes + _documents.LogBytes, free);
    }

    private async Task<(TimeSpan Written, TimeSpan Read, string? Problem)> ProbeAsync(SqliteDatabase database, long probe, TimeSpan deadline)
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

    public Task BackupAsync(string path, CancellationToken cancellation = default) =>
        Task.Factory.StartNew(() => SqliteBackup.Write([_main.Options, _documents.Options], path, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>As <see cref="Dispose"/>, without holding the caller's thread while the last writes commit.</summary>
    public ValueTask DisposeAsync() => new(Task.Factory.StartNew(Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _main.Dispose();
        _documents.Dispose();
        _directory.Dispose();
        Log.Closed(_logger, _options.DatabasePath);
    }

    private long FreeBytes()
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(_options.DataDirectory)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return -1;
        }
    }
}
