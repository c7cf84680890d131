namespace MlActors.Documents.Store;

public enum WriteKind
{
    /// <summary>Puts the document; one of the same id is replaced.</summary>
    Index,

    /// <summary>Puts the document unless there is one of the same id.</summary>
    Create,

    Delete,
}

/// <summary>One change of an index.</summary>
/// <param name="Id"><c>null</c>: one is made (not for a delete).</param>
/// <param name="TimeMs">The document's time, epoch milliseconds; not for a delete.</param>
/// <param name="Source">The document, one JSON object in UTF-8; not for a delete.</param>
public sealed record DocumentWrite(WriteKind Kind, string? Id, long TimeMs, ReadOnlyMemory<byte> Source)
{
    public static DocumentWrite Delete(string id) => new(WriteKind.Delete, id, 0, default);
}

public enum WriteResult { Created, Updated, Deleted, NotFound, Conflict }

/// <summary>How one write went.</summary>
/// <param name="Version">How many times the id was written; from 1.</param>
/// <param name="Seq">Number of the change in its index, ever rising; of a conflict, that of the document which is there; -1 for not found.</param>
public sealed record WriteOutcome(WriteResult Result, string Id, long Version, long Seq);

/// <param name="Source">The document, UTF-8 JSON.</param>
public sealed record StoredDocument(string Id, long TimeMs, long Seq, long Version, byte[] Source);
