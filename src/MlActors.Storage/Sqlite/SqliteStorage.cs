using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Security;
using MlActors.Storage.Sqlite.Reads;
using MlActors.Storage.Sqlite.Writes;

namespace MlActors.Storage.Sqlite;

/// <summary>The store of a single process: one SQLite file, one writer, some readers.</summary>
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
    private readonly WriteSession _session;
    private readonly GroupWriter _writer;
    private readonly ReadPool _readers;
    private long _probes;
    private int _disposed;

    private SqliteStorage(StorageOptions options, TimeProvider time, ILogger logger, IDisposable directory, SqliteConnection connection)
    {
        (_options, _time, _logger, _directory) = (options, time, logger, directory);
        _session = new WriteSession(connection);
        _readers = new ReadPool(options.Readers, () => new ReadSession(SqliteFile.OpenReader(options)));
        _writer = new GroupWriter(_session, options, logger);
        Jobs = new SqliteJobStore(_writer, _readers);
        Catalog = new SqliteCatalog(_readers);
        Contexts = new SqliteContexts(_writer, _readers);
        Results = new SqliteResults(_readers);
        Security = new SqliteSecurity(_writer, _readers);
        Events = new SqliteEventLog(_writer, _readers);
    }

    /// <summary>Name of the database file in the data directory.</summary>
    public string FileName => _options.FileName;

    public IJobStore Jobs { get; }
    public ICatalog Catalog { get; }
    public IContextStore Contexts { get; }
    public IResults Results { get; }
    public ISecurityStore Security { get; }
    public IEventLog Events { get; }

    /// <summary>Locks the data directory, creates or migrates the database, checks it and starts the writer and the readers.</summary>
    /// <exception cref="StorageOpenException">It cannot be used; the message says why.</exception>
    public static SqliteStorage Open(StorageOptions options, TimeProvider? time = null, ILogger<SqliteStorage>? logger = null)
    {
        ILogger log = logger ?? NullLogger<SqliteStorage>.Instance;
        var directory = DirectoryLock.Take(Path.GetFullPath(options.DataDirectory));
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteFile.OpenWriter(options);
            var found = Schema.Migrate(connection);
            if (found != Schema.CurrentVersion) Log.Migrated(log, options.DatabasePath, found, Schema.CurrentVersion);
            SqliteFile.SelfCheck(connection, options);
            var storage = new SqliteStorage(options, time ?? TimeProvider.System, log, directory, connection);
            Log.Opened(log, options.DatabasePath, Schema.CurrentVersion, Length(options.DatabasePath));
            return storage;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            directory.Dispose();
            throw e is SqliteException or SqliteFailure
                ? new StorageOpenException($"The database {options.DatabasePath} cannot be opened: {SqliteFailure.Translate(e).Message} ({e.Message})", e)
                : e;
        }
    }

    public async Task<StorageHealth> CheckAsync(TimeSpan deadline)
    {
        var probe = Interlocked.Increment(ref _probes);
        var (written, read, problem) = (TimeSpan.Zero, TimeSpan.Zero, (string?)null);
        try
        {
            var start = _time.GetTimestamp();
            await _writer.WriteAsync([new ProbeWrite(probe)]).WaitAsync(deadline, _time);
            written = _time.GetElapsedTime(start);
            start = _time.GetTimestamp();
            var value = await _readers.RunAsync(session => session.Number("SELECT value FROM probe WHERE id = 2")).WaitAsync(deadline, _time);
            read = _time.GetElapsedTime(start);
            if (value < probe) problem = "What was written is not what is read.";
        }
        catch (StoreException e)
        {
            problem = e.Message;
        }
        catch (TimeoutException)
        {
            problem = written == TimeSpan.Zero ? "A small write was not durable within the deadline." : "A small read was not answered within the deadline.";
        }
        var free = FreeBytes();
        if (free is >= 0 and < LeastFreeBytes)
        {
            problem ??= $"Only {free >> 20} MiB are free where {Path.GetFullPath(_options.DataDirectory)} lives; " +
                $"make room, at least {LeastFreeBytes >> 20} MiB.";
        }
        return new StorageHealth(problem, written, read, _writer.Pending, Length(_options.DatabasePath), Length(_options.DatabasePath + "-wal"), free);
    }

    public Task BackupAsync(string path, CancellationToken cancellation = default) =>
        Task.Factory.StartNew(() => SqliteBackup.Write(_options, path, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>As <see cref="Dispose"/>, without holding the caller's thread while the last writes commit.</summary>
    public ValueTask DisposeAsync() => new(Task.Factory.StartNew(Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _writer.Dispose();
        _readers.Dispose();
        _session.Dispose();
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

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
