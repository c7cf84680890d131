using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Files;

/// <summary>The records of files, in the order in which they stand there.</summary>
internal sealed class FileSource(FileConnection connection, FileSettings settings, JobConfig job, PageLimits limits, TimeProvider clock) : IDatafeedSource
{
    public IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, CancellationToken cancellation) => range.FromMs >= range.ToMs
        ? AsyncEnumerable.Empty<SourcePage>()
        : Pages.ReadAsync(new FileReading(connection, settings, job, range, limits, clock), connection, cancellation);

    // Only reading them says what is in files.
    public Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation) => Task.FromResult<SourceSummary?>(null);

    public Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<SourceCount>?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
