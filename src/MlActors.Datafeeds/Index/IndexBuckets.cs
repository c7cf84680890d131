using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MlActors.Analysis;
using MlActors.Datafeeds.Aggregating;
using MlActors.Datafeeds.Paging;
using MlActors.Documents;
using MlActors.Documents.Aggregating;
using MlActors.Documents.Store;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Index;

/// <summary>Reads an aggregation of documents: one pass over them, a slice for each bucket of the histogram; only whole ones are read.</summary>
internal sealed class IndexBuckets(IDocumentStore documents, IndexAggregation aggregation, JobConfig job, int pageRecords)
{
    /// <param name="scan">Its range is cut to whole buckets.</param>
    public async IAsyncEnumerable<SourcePage> ReadAsync(DocumentScan scan, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var interval = aggregation.Shape.IntervalMs;
        scan = scan with { FromMs = BucketTime.Ceiling(scan.FromMs, interval), ToMs = BucketTime.Floor(scan.ToMs, interval) };
        if (scan.FromMs >= scan.ToMs) yield break;
        var records = new BucketRecords(aggregation.Shape, job, PageLimits.Default with { Records = pageRecords });
        var json = new ArrayBufferWriter<byte>();
        await using var slices = AggregatedSlices.ReadAsync(documents, scan, aggregation.Parts, interval, cancellation).GetAsyncEnumerator(cancellation);
        while (await NextAsync(slices) is { } slice)
        {
            Add(records, slice, json);
            while (records.TakeFull() is { } page) yield return page;
        }
        if (records.TakeRest() is { } rest) yield return rest;
    }

    private void Add(BucketRecords records, AggregatedSlice slice, ArrayBufferWriter<byte> json)
    {
        json.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            AggregationResult.Write(writer, slice.Results, typed: false);
            writer.WriteEndObject();
        }
        using var answer = JsonDocument.Parse(json.WrittenMemory);
        records.Add(answer.RootElement.GetProperty(aggregation.Shape.Name));
        records.EndBucket();
    }

    private static async Task<AggregatedSlice?> NextAsync(IAsyncEnumerator<AggregatedSlice> slices)
    {
        try
        {
            return await IndexSource.AskAsync(async () => await slices.MoveNextAsync()) ? slices.Current : null;
        }
        catch (QueryException cause)
        {
            throw new SourceException(cause.Message, isPermanent: true, cause);
        }
    }
}
