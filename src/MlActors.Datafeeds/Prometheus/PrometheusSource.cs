using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Http;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Prometheus;

/// <summary>The points of PromQL expressions, as records of their labels and values.</summary>
internal sealed class PrometheusSource(Connection connection, HttpCaller caller, PrometheusSettings settings, JobConfig job, PageLimits limits, Action<string> warn) : IDatafeedSource
{
    public IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, CancellationToken cancellation) => range.FromMs >= range.ToMs
        ? AsyncEnumerable.Empty<SourcePage>()
        : Pages.ReadAsync(new PrometheusReading(caller, settings, job, range, limits, warn), connection, cancellation);

    // An expression has to be worked out to know what it gives.
    public Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation) => Task.FromResult<SourceSummary?>(null);

    public Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<SourceCount>?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
