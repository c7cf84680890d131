namespace MlActors.Documents.Store;

/// <summary>
/// Where documents are kept: indices by name, in each the documents in the order of their time. Tasks that write complete when it is durable. All fail with
/// <see cref="Jobs.Storage.StoreException"/>, and then nothing of the call happened.
/// </summary>
public interface IDocumentStore
{
    /// <summary>All indices, sorted by name.</summary>
    Task<IReadOnlyList<IndexInfo>> ListIndicesAsync();

    Task<IndexInfo?> FindIndexAsync(string name);

    /// <summary>Creates an index, or finds the one that has the name already.</summary>
    Task<(IndexInfo Index, bool Created)> CreateIndexAsync(IndexDefinition definition);

    /// <summary>Replaces settings and mappings; the name and the time field stay as they are.</summary>
    /// <returns><c>false</c>: the index is gone.</returns>
    Task<bool> UpdateIndexAsync(long number, IndexDefinition definition);

    /// <summary>Settles the time field of an index that has none yet; one that is settled stays.</summary>
    /// <returns>The index as it is now; <c>null</c>: it is gone.</returns>
    Task<IndexInfo?> SettleTimeFieldAsync(long number, string timeField);

    /// <summary>Takes an index away at once; the room of its documents is freed by <see cref="RemoveExpiredAsync"/>.</summary>
    /// <returns><c>false</c>: it was gone already.</returns>
    Task<bool> DeleteIndexAsync(long number);

    /// <summary>Does all writes in their order, all or none. What the rows do not allow is an outcome, not an exception.</summary>
    /// <returns>One outcome for each write; <c>null</c>: the index is gone and nothing was written.</returns>
    Task<IReadOnlyList<WriteOutcome>?> WriteAsync(long indexNumber, IReadOnlyList<DocumentWrite> writes);

    Task<StoredDocument?> FindAsync(long indexNumber, string id);

    /// <summary>
    /// The next documents of a scan, in the order (time, number of the index, sequence number), or the reverse. A page may be empty and yet not the last,
    /// when much was looked through and nothing matched.
    /// </summary>
    Task<DocumentPage> ReadAsync(DocumentScan scan, DocumentPosition? after = null, CancellationToken cancellation = default);

    /// <summary>How many documents match, and between which times they lie.</summary>
    Task<DocumentSummary> SummarizeAsync(DocumentScan scan, CancellationToken cancellation = default);

    /// <summary>How many documents match in each span of time (a multiple of <paramref name="spanMs"/> since 1970), in order, empty spans left out.</summary>
    Task<IReadOnlyList<SpanCount>> CountByAsync(DocumentScan scan, long spanMs, CancellationToken cancellation = default);

    /// <summary>Removes some documents that are past the retention of their index, or whose index was deleted.</summary>
    /// <param name="defaultRetention">For indices that name none; <c>null</c> keeps.</param>
    /// <param name="limit">At most so many documents.</param>
    /// <returns>How many were removed; less than <paramref name="limit"/> when that was all.</returns>
    Task<int> RemoveExpiredAsync(DateTimeOffset now, TimeSpan? defaultRetention, int limit);
}
