using System.Runtime.CompilerServices;
using MlActors.Analysis.Input;
using MlActors.Documents.Queries;
using MlActors.Documents.Searching;
using MlActors.Documents.Store;
using MlActors.Ingest;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Storage;

namespace MlActors.Datafeeds.Index;

/// <summary>
/// Reads documents of this server, or an aggregation of them. Their store gives them in the order of time, and the place of the last one is where reading
/// goes on.
/// </summary>
/// <param name="aggregation"><c>null</c> to read the documents themselves.</param>
internal sealed class IndexSource(IDocumentStore documents, DatafeedConfig datafeed, Query query, IndexAggregation? aggregation, JobConfig job)
    : IDatafeedSource
{
    private const int PageBytes = 4 << 20;

    private readonly BatchSchema _schema = job.ToSettings().Schema;

    private string TimeField => job.DataDescription.TimeField;

    public long GrainMs => aggregation?.Shape.IntervalMs ?? 1;

    public async IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var scan = await ScanAsync(range.FromMs, range.ToMs, cancellation);
        if (aggregation is not null)
        {
            var buckets = new IndexBuckets(documents, aggregation, job, pageRecords: datafeed.ScrollSize);
            await foreach (var page in buckets.ReadAsync(scan with { MaxDocuments = int.MaxValue }, cancellation)) yield return page;
            yield break;
        }
        DocumentPosition? after = PositionKey.TryParse(range.Cursor, out var position) ? position : null;
        var records = new DocumentRecords(_schema, new RecordFormat(TimeField));
        // The store reads the next documents while records are made of these.
        var reading = FindAsync(scan, after, cancellation);
        try
        {
            while (reading is not null)
            {
                SourcePage? page;
                using (var found = await reading)
                {
                    reading = found.Next is { } next ? FindAsync(scan, next, cancellation) : null;
                    page = PageOf(found, records);
                }
                if (page is not null) yield return page;
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            if (reading is not null) await DiscardAsync(reading);
        }
    }

    public async Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation)
    {
        var scan = await ScanAsync(fromMs, toMs, cancellation);
        var summary = await AskAsync(() => documents.SummarizeAsync(scan, cancellation));
        return new SourceSummary(summary.Count, summary.EarliestMs, summary.LatestMs);
    }

    public async Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation)
    {
        var scan = await ScanAsync(fromMs, toMs, cancellation);
        return [.. (await AskAsync(() => documents.CountByAsync(scan, spanMs, cancellation))).Select(span => new SourceCount(span.StartMs, span.Count))];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<DocumentPage> FindAsync(DocumentScan scan, DocumentPosition? after, CancellationToken cancellation) =>
        AskAsync(() => documents.ReadAsync(scan, after, cancellation));

    private static SourcePage? PageOf(DocumentPage found, DocumentRecords records)
    {
        if (found.Count == 0) return null;
        var batches = new List<RecordBatch>();
        for (var i = 0; i < found.Count; i++)
        {
            if (records.IsFull) batches.Add(records.Cut());
            records.TryAdd(found.SourceOf(i), found.TimeMsOf(i));
        }
        if (!records.IsEmpty) batches.Add(records.Cut());
        var last = found.PositionOf(found.Count - 1);
        return new SourcePage(batches, found.Count, last.TimeMs, PositionKey.Format(last));
    }

    // Nobody asks for it any more, and nobody is to hear of its failure.
    private static async Task DiscardAsync(Task<DocumentPage> reading)
    {
        try
        {
            (await reading).Dispose();
        }
        catch (Exception cause) when (cause is SourceException or OperationCanceledException)
        {
        }
    }

    private async Task<DocumentScan> ScanAsync(long fromMs, long toMs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var all = await AskAsync(documents.ListIndicesAsync);
        foreach (var name in datafeed.Indices.Where(name => !IsPattern(name) && !all.Any(index => index.Name == name)))
            throw new SourceException($"there is no index [{name}] on this server: create it, or correct [indices]", isPermanent: true) { IsMissing = true };
        // An index that has no document yet has not decided on its time field.
        var meant = all.Where(index => datafeed.Indices.Any(name => Means(name, index.Name)) && index.Definition.TimeField is not null).ToList();
        foreach (var index in meant.Where(index => index.TimeField != TimeField))
        {
            var kept = index.TimeField.Length == 0 ? "the time of their arrival" : $"[{index.TimeField}]";
            throw new SourceException($"index [{index.Name}] keeps its documents by {kept}, and job [{job.JobId}] goes by [{TimeField}]: " +
                "make [data_description.time_field] of the job the same, or create the index with a mapping of that field as a date", isPermanent: true);
        }
        return new DocumentScan(meant, query, fromMs, toMs)
        {
            MaxBytes = PageBytes,
            MaxDocuments = datafeed.ScrollSize == DatafeedConfig.DefaultScrollSize ? int.MaxValue : datafeed.ScrollSize,
        };
    }

    private static bool IsPattern(string name) => name == "_all" || JobExpression.IsWildcard(name);

    private static bool Means(string name, string index) => name == "_all" || JobExpression.Matches(name, index);

    internal static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StoreException cause)
        {
            throw new SourceException($"the documents of this server cannot be read: {cause.Message}", inner: cause);
        }
    }
}
