using MlActors.Analysis.Input;
using MlActors.Ingest;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Paging;

/// <summary>
/// Cuts records that come in the order of time into pages, each with all records of its newest time, so that the time after it is where reading goes on.
/// </summary>
/// <param name="fix">What to do about too many records of one time, for the message.</param>
internal sealed class PageBuilder(RowRecords records, PageLimits limits, string fix)
{
    private List<RecordBatch> _batches = [];
    private long _count;
    private long _newest = long.MinValue;

    /// <summary>The record that is being made.</summary>
    public RowRecords Record { get; } = records;

    /// <summary>Newest time that was added, epoch milliseconds.</summary>
    public long Newest => _newest;

    /// <summary>Whether the page must be given out before a record of this time is begun.</summary>
    public bool EndsBefore(long timeMs) => timeMs != _newest && _newest != long.MinValue && (_count >= limits.Records || _batches.Count >= limits.Batches);

    /// <summary>Adds the record that was made.</summary>
    /// <param name="timeMs">Not before <see cref="Newest"/>.</param>
    /// <exception cref="SourceException">There are too many records of this time.</exception>
    public void Add(long timeMs, int fields, long bytes)
    {
        if (Record.IsFull) _batches.Add(Record.Cut());
        _newest = timeMs;
        Record.Add(timeMs, fields, bytes);
        _count++;
        if (_count >= limits.MostRecords || _batches.Count >= limits.MostBatches)
        {
            throw new SourceException(
                $"there are too many records around {TimeText.Iso(timeMs)} ({_count} in one page): at most {limits.MostRecords} records or {limits.MostBatches} MiB may have the same time; {fix}",
                isPermanent: true);
        }
    }

    /// <summary>Counts a record without a readable time; nothing of it is kept.</summary>
    public void AddUndated(int fields, long bytes)
    {
        _count++;
        Record.TryAdd(fields, bytes);
    }

    /// <summary>The page of what was added; <c>null</c> when that is nothing.</summary>
    /// <param name="fromMs">Where the range began: what a page without a dated record lets reading go on from.</param>
    public SourcePage? Take(long fromMs)
    {
        if (_count == 0) return null;
        if (!Record.IsEmpty) _batches.Add(Record.Cut());
        var page = new SourcePage(_batches, _count, _newest == long.MinValue ? fromMs : _newest + 1);
        (_batches, _count) = ([], 0);
        return page;
    }
}
