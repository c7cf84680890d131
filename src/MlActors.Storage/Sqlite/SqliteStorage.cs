using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Documents;

namespace MlActors.Storage.Sqlite;

/// <summary>The store of a single process: one SQLite file for the jobs and one for documents, each with one writer and some readers.</summary>
public sealed class SqliteStorage : SqlStorage
{
    /// <summary>
    /// Less free space than this is reported as a problem while writes still succeed: the write-ahead log, one snapshot and the input between two
    /// snapshots (64 MiB by default) must find room before anybody has looked.
    /// </summary>
    private const long LeastFreeBytes = 64L << 20;

    private readonly StorageOptions _options;
    private readonly ILogger _logger;
    private readonly IDisposable _directory;
    private readonly SqliteDatabase _main;
    private readonly SqliteDatabase _documents;

    private SqliteStorage(TimeProvider time, ILogger logger, IDisposable directory, SqliteDatabase main, SqliteDatabase documents)
        : base(time, new SqlAccess(main.Writers, main.Readers), new SqlAccess(documents.Writers, documents.Readers), new SqliteDialect(), ownership: null)
    {
        (_options, _logger, _directory, _main, _documents) = (main.Options, logger, directory, main, documents);
    }

    /// <summary>Name of the database file in the data directory.</summary>
    public string FileName => _options.FileName;

    /// <summary>Name of the file with the documents.</summary>
    public string DocumentsFileName => _options.DocumentsFileName;

    public override string Place => _options.DatabasePath;

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
            SqliteImportFiles.RequireFinished(options);
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

    public override Task BackupAsync(string path, CancellationToken cancellation = default) =>
        Task.Factory.StartNew(() => SqliteBackup.Write([_main.Options, _documents.Options], path, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private protected override Task<StorageHealth> MeasureAsync(StorageHealth health)
    {
        var free = FreeBytes();
        var problem = free is >= 0 and < LeastFreeBytes
            ? $"Only {free >> 20} MiB are free where {Path.GetFullPath(_options.DataDirectory)} lives; make room, at least {LeastFreeBytes >> 20} MiB."
            : null;
        return Task.FromResult(health with
        {
            Problem = health.Problem ?? problem,
            DatabaseBytes = _main.FileBytes + _documents.FileBytes,
            LogBytes = _main.LogBytes + _documents.LogBytes,
            FreeBytes = free,
        });
    }

    private protected override void Close()
    {
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
