using System.Runtime.CompilerServices;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Files;

/// <summary>The records of files, in the order in which they stand there.</summary>
internal sealed class FileSource(FileConnection connection, FileSettings settings, JobConfig job, PageLimits limits, TimeProvider clock) : IDatafeedSource
{
    // Where the last range ended. Who asks for the next one only knows that time, and all files would have to be gone through to find the place again.
    private (long ToMs, string Cursor)? _end;

    public async IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (range.FromMs >= range.ToMs) yield break;
        if (range.Cursor is null && _end is { } end && end.ToMs == range.FromMs) range = range with { Cursor = end.Cursor };
        _end = null;
        var reading = new FileReading(connection, settings, job, range, limits, clock);
        await foreach (var page in Pages.ReadAsync(reading, connection, cancellation)) yield return page;
        if (reading.Place is { } place) _end = (range.ToMs, place);
    }

    // Only reading them says what is in files.
    public Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation) => Task.FromResult<SourceSummary?>(null);

    public Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<SourceCount>?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
