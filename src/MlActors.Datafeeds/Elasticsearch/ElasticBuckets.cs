using System.Text.Json.Nodes;
using MlActors.Analysis;
using MlActors.Datafeeds.Aggregating;
using MlActors.Datafeeds.Http;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>One reading of an aggregation, search by search; only whole buckets of the histogram are read.</summary>
internal sealed class ElasticBuckets(
    HttpCaller caller, ElasticSettings settings, DatafeedAggregation aggregation, JobConfig job, SourceRange range, PageLimits limits) : IPageReader
{
    // Histogram buckets of one search; a composite comes in parts of its own.
    private const int MostBuckets = 1000;

    private readonly ElasticSearches _searches = new(caller, settings);
    private readonly BucketRecords _records = new(aggregation, job, limits);
    private readonly long _to = BucketTime.Floor(range.ToMs, aggregation.IntervalMs);
    private long _next = BucketTime.Ceiling(range.FromMs, aggregation.IntervalMs);
    private JsonNode? _after;
    private bool _found;

    public async Task<SourcePage?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_records.TakeFull() is { } page) return page;
            if (_next >= _to) return _records.TakeRest();
            await SearchAsync(cancellation);
        }
    }

    public SourceException? Explain(Exception cause) => caller.Explain(cause, ElasticAnswers.ReasonOf);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task SearchAsync(CancellationToken cancellation)
    {
        var isComposite = aggregation.TimeSource is not null;
        if (!isComposite && !_found && await SkipToFirstAsync(cancellation)) return;
        var to = isComposite ? _to : Math.Min(_to, _next + (MostBuckets * aggregation.IntervalMs));
        using var answer = await _searches.AggregateAsync(aggregation, _next, to, _after, cancellation);
        var result = answer.RootElement.GetProperty("aggregations").GetProperty(aggregation.Name);
        _found = result.GetProperty("buckets").GetArrayLength() > 0;
        _records.Add(result);
        _after = isComposite && result.TryGetProperty("after_key", out var after) ? JsonNode.Parse(after.GetRawText()) : null;
        if (_after is not null) return;
        _records.EndBucket();
        _next = to;
    }

    // Years without documents would be searched stretch by stretch.
    private async Task<bool> SkipToFirstAsync(CancellationToken cancellation)
    {
        using var answer = await _searches.SummarizeAsync(_next, _to, spanMs: null, cancellation);
        var earliest = BucketRecords.ValueOf(answer.RootElement.GetProperty("aggregations").GetProperty("earliest"));
        _next = earliest is { } first ? BucketTime.Floor((long)first, aggregation.IntervalMs) : _to;
        return earliest is null;
    }
}
