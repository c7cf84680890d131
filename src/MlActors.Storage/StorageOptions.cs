namespace MlActors.Storage;

/// <summary>When a commit is safe.</summary>
public enum Durability
{
    /// <summary>On the medium: an acknowledged write survives a power loss.</summary>
    Full,

    /// <summary>With the operating system: survives the death of the process; a power loss may take the last commits. Faster on slow disks.</summary>
    Normal,
}

/// <summary>Where and how the SQLite store keeps its data.</summary>
public sealed record StorageOptions
{
    /// <summary>The data directory; created when missing. One server at a time may use it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Name of the database file in the data directory.</summary>
    public string FileName { get; init; } = "mlactors.db";

    /// <summary>Name of the file with the documents.</summary>
    public string DocumentsFileName => Path.GetFileNameWithoutExtension(FileName) is var name && name == "mlactors" ? "documents.db" : name + ".documents.db";

    /// <summary>The same for the file with the documents.</summary>
    internal StorageOptions ForDocuments => this with { FileName = DocumentsFileName };

    /// <summary>How long a write waits for a lock that another process holds on the database before it is refused.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long documents of an index that does not say so are kept; <c>null</c>: for ever.</summary>
    public TimeSpan? DefaultRetention { get; init; }

    public Durability Durability { get; init; } = Durability.Full;

    /// <summary>Bytes of a database page, a power of two from 512 to 65,536; fixed when the database is created.</summary>
    public int PageSize { get; init; } = 16 * 1024;

    /// <summary>Threads that read, each with its own connection.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>A transaction takes no further write group once it holds this many groups …</summary>
    public int MaxTransactionGroups { get; init; } = 4096;

    /// <summary>… or this many bytes of payload. A single larger group still commits alone.</summary>
    public long MaxTransactionBytes { get; init; } = 32L << 20;

    /// <summary>The write-ahead log is copied into the main file when it has grown by this many bytes.</summary>
    public long CheckpointBytes { get; init; } = 64L << 20;

    /// <summary>The full path of the database file.</summary>
    public string DatabasePath => Path.Combine(Path.GetFullPath(DataDirectory), FileName);
}
