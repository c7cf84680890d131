namespace MlActors.Storage.Postgres;

/// <summary>Where and how the PostgreSQL store keeps its data.</summary>
public sealed record PostgresOptions
{
    /// <summary>As Npgsql takes it: host, database, user and the like. What the store relies on is set by itself.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The schema of the tables; that of the documents has <c>_documents</c> behind it. Several clusters in one database need one each.</summary>
    public string Schema { get; init; } = "mlactors";

    /// <summary>Connections that write, for the jobs and for the documents each; a job always uses the same one.</summary>
    public int Writers { get; init; } = 2;

    /// <summary>Connections that read, for the jobs and for the documents each.</summary>
    public int Readers { get; init; } = 6;

    /// <summary>How long a lock is waited for, and how long a lost connection is tried again, before a write or read is refused.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What a single statement may take; when <see cref="BusyTimeout"/> later nothing was heard, the connection is given up.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc cref="StorageOptions.DefaultRetention"/>
    public TimeSpan? DefaultRetention { get; init; }

    /// <summary>Full: a commit is on the server's medium. Normal: <c>synchronous_commit = off</c>; a crash of the server may take the last commits.</summary>
    public Durability Durability { get; init; } = Durability.Full;

    /// <inheritdoc cref="StorageOptions.MaxTransactionGroups"/>
    public int MaxTransactionGroups { get; init; } = 2048;

    /// <inheritdoc cref="StorageOptions.MaxTransactionBytes"/>
    public long MaxTransactionBytes { get; init; } = 16L << 20;

    /// <summary>The schema of the documents.</summary>
    public string DocumentsSchema => Schema + "_documents";
}
