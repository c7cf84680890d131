using MlActors.Documents.Queries;

namespace MlActors.Documents.Store;

/// <summary>Which documents are meant.</summary>
/// <param name="Indices">In these indices; those that are gone meanwhile count as empty.</param>
/// <param name="FromMs">Time at or after this, epoch milliseconds.</param>
/// <param name="ToMs">Time before this.</param>
public sealed record DocumentScan(IReadOnlyList<IndexInfo> Indices, Query Query, long FromMs = long.MinValue, long ToMs = long.MaxValue)
{
    /// <summary>From the latest to the earliest.</summary>
    public bool Descending { get; init; }

    /// <summary>Whether the ids that senders gave are wanted.</summary>
    public bool WithIds { get; init; }

    /// <summary>A page ends before it holds more bytes of documents than this; it holds one document at least.</summary>
    public int MaxBytes { get; init; } = 1 << 20;

    /// <summary>A page ends when it has so many documents.</summary>
    public int MaxDocuments { get; init; } = int.MaxValue;
}

/// <summary>The place of a document in the order of a scan.</summary>
public readonly record struct DocumentPosition(long TimeMs, long IndexNumber, long Seq) : IComparable<DocumentPosition>
{
    public int CompareTo(DocumentPosition other)
    {
        var byTime = TimeMs.CompareTo(other.TimeMs);
        if (byTime != 0) return byTime;
        var byIndex = IndexNumber.CompareTo(other.IndexNumber);
        return byIndex != 0 ? byIndex : Seq.CompareTo(other.Seq);
    }
}

/// <param name="EarliestMs"><c>null</c> when nothing matches.</param>
public readonly record struct DocumentSummary(long Count, long? EarliestMs, long? LatestMs);

/// <param name="StartMs">First millisecond of the span.</param>
public readonly record struct SpanCount(long StartMs, long Count);
