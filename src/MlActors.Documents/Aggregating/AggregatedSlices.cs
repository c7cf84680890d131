using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using MlActors.Documents.Matching;
using MlActors.Documents.Store;

namespace MlActors.Documents.Aggregating;

/// <param name="StartMs">First millisecond of the slice.</param>
/// <param name="Results">What the aggregations found in it.</param>
public sealed record AggregatedSlice(long StartMs, IReadOnlyList<AggregationResult> Results);

/// <summary>
/// Aggregates slice by slice of time, for each as a search of it alone would. Documents come in the order of time, so one pass is enough however many buckets
/// the aggregations make, and no more than those of a slice are held.
/// </summary>
public static class AggregatedSlices
{
    /// <param name="scan">Ascending.</param>
    /// <param name="sliceMs">Slices begin at multiples of it; those without a document are left out.</param>
    /// <exception cref="QueryException">The aggregations make too many buckets in one slice.</exception>
    public static async IAsyncEnumerable<AggregatedSlice> ReadAsync(
        IDocumentStore store, DocumentScan scan, ImmutableArray<Aggregation> aggregations, long sliceMs, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var paths = new FieldPaths();
        var slice = new AggregationRun(aggregations, paths);
        var fields = new DocumentFields(paths);
        var byNumber = scan.Indices.ToDictionary(index => index.Number);
        long? start = null;
        DocumentPosition? next = null;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            using var page = await store.ReadAsync(scan, next, cancellation);
            for (var i = 0; i < page.Count; i++)
            {
                var of = new TimeInterval(sliceMs, 0).StartOf(page.TimeMsOf(i));
                if (start is { } before && before != of)
                {
                    yield return new AggregatedSlice(before, slice.Finish());
                    slice = new AggregationRun(aggregations, paths);
                }
                start = of;
                fields.Read(page.SourceOf(i));
                slice.Add(new AggregatedDocument(page.SourceOf(i), fields, page.TimeMsOf(i), byNumber[page.PositionOf(i).IndexNumber]));
            }
            next = page.Next;
        }
        while (next is not null);
        if (start is { } last) yield return new AggregatedSlice(last, slice.Finish());
    }
}
