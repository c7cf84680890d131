using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlActors.Jobs.Storage;
using MlActors.Storage.Cluster;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Documents;

namespace MlActors.Storage.Postgres;

/// <summary>The store that several processes share: one schema of a PostgreSQL database for the jobs and one for documents.</summary>
public sealed class PostgresStorage : SqlStorage
{
    private readonly ILogger _logger;
    private readonly PostgresDatabase _main;
    private readonly PostgresDatabase _documents;

    private PostgresStorage(TimeProvider time, ILogger logger, PostgresDatabase main, PostgresDatabase documents, Ownership ownership)
        : base(time, new SqlAccess(main.Writers, main.Readers), new SqlAccess(documents.Writers, documents.Readers), new PostgresDialect(), ownership)
    {
        (_logger, _main, _documents, Nodes) = (logger, main, documents, new PostgresNodes(main.Connector));
    }

    public override string Place => _main.Connector.Name;

    public override INodeTable Nodes { get; }

    /// <summary>Creates or migrates the schemas, checks them and starts their writers and readers.</summary>
    /// <exception cref="StorageOpenException">It cannot be used; the message says why.</exception>
    public static PostgresStorage Open(PostgresOptions options, TimeProvider? time = null, ILogger<PostgresStorage>? logger = null)
    {
        ILogger log = logger ?? NullLogger<PostgresStorage>.Instance;
        var (clock, ownership, doubts) = (time ?? TimeProvider.System, new Ownership(), new Doubts());
        var main = PostgresDatabase.Open(options, doubts, options.Schema, Schema.Main, ownership, clock, log, "store");
        try
        {
            var documents = PostgresDatabase.Open(options, doubts, options.DocumentsSchema, DocumentSchema.Schema, null, clock, log, "documents");
            return new PostgresStorage(clock, log, main, documents, ownership);
        }
        catch
        {
            main.Dispose();
            throw;
        }
    }

    public override Task BackupAsync(string path, CancellationToken cancellation = default) =>
        throw new StoreException($"[{Place}] is copied by PostgreSQL itself, while servers go on: pg_dump --schema={_main.Connector.Schema} --schema={_documents.Connector.Schema}; or give `mlactors storage export` a file.");

    private protected override async Task<StorageHealth> MeasureAsync(StorageHealth health)
    {
        if (health.Problem is not null) return health;
        try
        {
            return health with { DatabaseBytes = await _main.BytesAsync() + await _documents.BytesAsync() };
        }
        catch (StoreException e)
        {
            return health with { Problem = e.Message };
        }
    }

    private protected override void Close()
    {
        _main.Dispose();
        _documents.Dispose();
        Log.Closed(_logger, Place);
    }
}
