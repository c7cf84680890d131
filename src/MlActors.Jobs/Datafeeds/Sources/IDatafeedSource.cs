using MlActors.Analysis.Input;

namespace MlActors.Jobs.Datafeeds.Sources;

/// <summary>
/// What a datafeed reads, opened for one configuration and used by one caller at a time. Every method may be cancelled; all throw
/// <see cref="SourceException"/> when the source cannot do it, with a message that is fit for users: no secrets.
/// </summary>
public interface IDatafeedSource : IAsyncDisposable
{
    /// <summary>
    /// Records stand for whole stretches of so many milliseconds, which begin at its multiples, and ranges to read begin and end there. Of others only
    /// the whole stretches within are read. 1: a record stands for itself.
    /// </summary>
    long GrainMs => 1;

    /// <summary>
    /// The records of a range in the order of their time, page by page. Nothing is read ahead of the consumer but what the next page needs, so memory is
    /// bounded by a page however long the range is. An empty range gives no pages.
    /// </summary>
    IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, CancellationToken cancellation);

    /// <summary>How much there is in a range, and between which times; <c>null</c> when the source can only say so by reading all of it.</summary>
    /// <param name="fromMs">Epoch milliseconds, inclusive.</param>
    /// <param name="toMs">Epoch milliseconds, exclusive.</param>
    Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation);

    /// <summary>
    /// How many records there are in each stretch of <paramref name="spanMs"/> that has any, stretches beginning at multiples of it, sorted by time;
    /// <c>null</c> when the source can only say so by reading all of them. With it, data that came late is found.
    /// </summary>
    Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation);
}

/// <param name="FromMs">Epoch milliseconds, inclusive.</param>
/// <param name="ToMs">Epoch milliseconds, exclusive.</param>
/// <param name="Cursor">That of the last page taken, or <c>null</c> when that had none: reading goes on right after it.</param>
public sealed record SourceRange(long FromMs, long ToMs, string? Cursor = null);

/// <summary>A piece of what was read.</summary>
/// <param name="Batches">The records in the order of time; may be empty when what was read held none for the job.</param>
/// <param name="Records">How many records the source gave, used or not.</param>
/// <param name="NextMs">Every record before this time is in this page or an earlier one, or was before the range. Never falls from page to page.</param>
/// <param name="Cursor">
/// What to go on with when records at or after <paramref name="NextMs"/> are in this page already; else <c>null</c>. At most
/// <see cref="LongestCursor"/> characters.
/// </param>
public sealed record SourcePage(IReadOnlyList<RecordBatch> Batches, long Records, long NextMs, string? Cursor = null)
{
    public const int LongestCursor = 4096;
}

/// <param name="EarliestMs">Epoch milliseconds; <c>null</c> when there are no records.</param>
/// <param name="LatestMs">Epoch milliseconds; <c>null</c> when there are no records.</param>
public sealed record SourceSummary(long Records, long? EarliestMs, long? LatestMs);

/// <param name="StartMs">Start of the stretch, epoch milliseconds.</param>
public readonly record struct SourceCount(long StartMs, long Records);

/// <summary>The source could not do what was asked.</summary>
/// <param name="message">What is wrong and, if it can be said, how to mend it. Shown to users.</param>
/// <param name="isPermanent">Whether the same request will fail in the same way until somebody changes something: an unknown column, a wrong query.</param>
public sealed class SourceException(string message, bool isPermanent = false, Exception? inner = null) : Exception(message, inner)
{
    public bool IsPermanent { get; } = isPermanent;

    /// <summary>Whether it is permanent because something named does not exist: an index, a table, a file.</summary>
    public bool IsMissing { get; init; }
}
