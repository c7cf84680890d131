using MlActors.Documents.Aggregating;
using MlActors.Documents.Matching;
using MlActors.Documents.Store;

namespace MlActors.Documents.Searching;

/// <summary>Runs searches over any store, page by page. It stops as soon as no document can change the answer.</summary>
public sealed class Searcher(IDocumentStore store)
{
    /// <exception cref="QueryException">The request cannot be fulfilled; says why.</exception>
    public async Task<SearchResult> SearchAsync(IReadOnlyList<IndexInfo> indices, SearchRequest request, CancellationToken cancellation)
    {
        request = WithTimes(indices, request.Checked());
        var byTime = TimeKey(indices, request);
        var scan = new DocumentScan(indices, request.Query) 
        {
            Descending = byTime?.Descending ?? false,
            WithIds = request.Size > 0,
            // A little more than is wanted, as some may have the same time.
            MaxDocuments = byTime is null || !request.Aggregations.IsEmpty ? int.MaxValue : request.From + request.Size + 50,
        };
        var aggregates = !request.Aggregations.IsEmpty;
        var whole = scan;
        if (byTime is not null && !aggregates && request.SearchAfter is [{ Whole: { } after }, ..])
            scan = byTime.Descending ? scan with { ToMs = after == long.MaxValue ? after : after + 1 } : scan with { FromMs = after };

        var paths = new FieldPaths();
        var hits = new HitCollector(request, paths);
        var totals = new AggregationRun(request.Aggregations, paths);
        var fields = new DocumentFields(paths);
        var byNumber = indices.ToDictionary(index => index.Number);
        var (seen, ended, next) = (0L, false, (DocumentPosition?)null);
        while (!ended && (aggregates || !IsSettled(byTime, hits, next)))
        {
            using var page = await store.ReadAsync(scan, next, cancellation);
            for (var i = 0; i < page.Count; i++)
            {
                var index = byNumber[page.PositionOf(i).IndexNumber];
                fields.Read(page.SourceOf(i));
                hits.Offer(index, page, i, fields);
                if (aggregates) totals.Add(new AggregatedDocument(page.SourceOf(i), fields, page.TimeMsOf(i), index));
            }
            seen += page.Count;
            (next, ended) = (page.Next, page.Next is null);
        }
        var (total, exact) = ended && ReferenceEquals(scan, whole) ? (seen, true) : await CountAsync(whole, request.CountUpTo, cancellation);
        if (total > request.CountUpTo) (total, exact) = (request.CountUpTo, false);
        return new SearchResult(hits.Take(), total, exact, totals.Finish());
    }

    /// <summary>Counts matches up to a limit; beyond it there may be more.</summary>
    private async Task<(long Total, bool Exact)> CountAsync(DocumentScan scan, long limit, CancellationToken cancellation)
    {
        if (limit == 0) return (0, false);
        if (limit == long.MaxValue || scan.Query is Queries.AllQuery) return ((await store.SummarizeAsync(scan, cancellation)).Count, true);
        var (count, next) = (0L, (DocumentPosition?)null);
        do
        {
            using var page = await store.ReadAsync(scan with { WithIds = false, MaxDocuments = (int)Math.Min(int.MaxValue, limit - count + 1) }, next, cancellation);
            (count, next) = (count + page.Count, page.Next);
        }
        while (next is not null && count <= limit);
        return (count, next is null);
    }

    // The first key when it is the time of all indices: then the documents come in its order.
    private static SortKey? TimeKey(IReadOnlyList<IndexInfo> indices, SearchRequest request) => request.Sort switch
    {
        [] => new SortKey("_doc", false),
        [{ IsPosition: true } key, ..] => key,
        [var key, ..] when indices.All(index => index.TimeField == key.Field) => key,
        _ => null,
    };

    // Whether no document behind the place reached can be among the hits.
    private static bool IsSettled(SortKey? byTime, HitCollector hits, DocumentPosition? reached)
    {
        if (hits.WantsNone) return true;
        if (byTime is null || reached is not { } place || !hits.IsFull) return false;
        var worst = hits.Worst;
        if (byTime.IsPosition) return byTime.Descending ? place.CompareTo(worst) <= 0 : place.CompareTo(worst) >= 0;
        return byTime.Descending ? place.TimeMs < worst.TimeMs : place.TimeMs > worst.TimeMs;
    }

    // A time may be given back as text.
    private static SearchRequest WithTimes(IReadOnlyList<IndexInfo> indices, SearchRequest request) => request.SearchAfter.IsEmpty ? request : request with
    {
        SearchAfter = [.. request.SearchAfter.Zip(request.Sort, (value, key) =>
            value.Text is { } text && indices.Any(index => index.TimeField == key.Field) && Times.DateFormat.Default.TryParse(text, out var ms) ? SortValue.Of(ms) : value)],
    };
}
