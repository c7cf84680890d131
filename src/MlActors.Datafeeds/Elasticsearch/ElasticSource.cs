using System.Text.Json;
using MlActors.Datafeeds.Aggregating;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Http;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>The documents of an Elasticsearch or OpenSearch, or an aggregation of them.</summary>
internal sealed class ElasticSource(Connection connection, HttpCaller caller, ElasticSettings settings, JobConfig job, PageLimits limits) : IDatafeedSource
{
    public long GrainMs => settings.Aggregation?.IntervalMs ?? 1;

    public IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, CancellationToken cancellation)
    {
        if (range.FromMs >= range.ToMs) return AsyncEnumerable.Empty<SourcePage>();
        IPageReader reader = settings.Aggregation is { } aggregation
            ? new ElasticBuckets(caller, settings, aggregation, job, range, limits)
            : new ElasticDocuments(caller, settings, job, range, limits);
        return Pages.ReadAsync(reader, connection, cancellation);
    }

    public async Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation) => fromMs >= toMs ? new SourceSummary(0, null, null) :
        await AskAsync(fromMs, toMs, spanMs: null, answer =>
        {
            var aggregations = answer.GetProperty("aggregations");
            return new SourceSummary(
                answer.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64(),
                (long?)BucketRecords.ValueOf(aggregations.GetProperty("earliest")),
                (long?)BucketRecords.ValueOf(aggregations.GetProperty("latest")));
        }, cancellation);

    public async Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation) => fromMs >= toMs ? [] :
        await AskAsync(fromMs, toMs, spanMs, answer => answer.GetProperty("aggregations").GetProperty("spans").GetProperty("buckets").EnumerateArray()
            .Select(bucket => new SourceCount(bucket.GetProperty("key").GetInt64(), bucket.GetProperty("doc_count").GetInt64())).ToList(), cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> AskAsync<T>(long fromMs, long toMs, long? spanMs, Func<JsonElement, T> read, CancellationToken cancellation) => Deadline.KeepAsync(connection, async token =>
    {
        using var answer = await new ElasticSearches(caller, settings).SummarizeAsync(fromMs, toMs, spanMs, token);
        return read(answer.RootElement);
    }, cause => caller.Explain(cause, ElasticAnswers.ReasonOf), cancellation);
}
