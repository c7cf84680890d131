namespace MlActors.Jobs.Results;

/// <summary>The three kinds of results that are listed.</summary>
public enum ResultKind { Bucket, Record, Influencer }

/// <summary>Which results of a job, in which order.</summary>
/// <param name="MinScore">Lowest <c>anomaly_score</c>, <c>record_score</c> or <c>influencer_score</c>.</param>
/// <param name="Start">Epoch milliseconds, inclusive; <c>null</c> unbounded.</param>
/// <param name="End">Epoch milliseconds, exclusive; <c>null</c> unbounded.</param>
/// <param name="Sort">A field of the result documents, one of <see cref="ResultDocuments.SortFields"/>; ties keep the order of time.</param>
public sealed record ResultQuery(
    ResultKind Kind, string JobId, double MinScore, bool ExcludeInterim, long? Start, long? End, int From, int Size, string Sort, bool Descending);

/// <summary>Which categories of a job.</summary>
/// <param name="CategoryId">The one; <c>null</c> for all.</param>
/// <param name="PartitionFieldValue">Those of one partition; <c>null</c> for all.</param>
public sealed record CategoryQuery(string JobId, long? CategoryId, string? PartitionFieldValue, int From, int Size);

/// <param name="Count">All hits, not the page's.</param>
/// <param name="Documents">UTF-8 JSON objects as the API returns them.</param>
public sealed record ResultPage(long Count, IReadOnlyList<ReadOnlyMemory<byte>> Documents);

/// <summary>Which values of the plotted buckets of a job; they come in the order of time, detector and series.</summary>
/// <param name="Start">Epoch milliseconds, inclusive; <c>null</c> unbounded.</param>
/// <param name="End">Epoch milliseconds, exclusive; <c>null</c> unbounded.</param>
/// <param name="PartitionFieldValue"><c>null</c> for all; so with the others.</param>
public sealed record ModelPlotQuery(
    string JobId, long? Start, long? End, int From, int Size, string? PartitionFieldValue = null, string? ByFieldValue = null, int? DetectorIndex = null);

/// <summary>Which annotations of a job; they come in the order of their beginnings.</summary>
/// <param name="Start">Those that begin at it or after, epoch milliseconds; <c>null</c> unbounded.</param>
/// <param name="End">Those that begin before it, epoch milliseconds; <c>null</c> unbounded.</param>
/// <param name="Event"><c>null</c> for all.</param>
public sealed record AnnotationQuery(string JobId, long? Start, long? End, int From, int Size, string? Event = null);

/// <summary>Which points of a forecast; they come in the order of time, detector and series.</summary>
/// <param name="Start">Epoch milliseconds, inclusive; <c>null</c> unbounded.</param>
/// <param name="End">Epoch milliseconds, exclusive; <c>null</c> unbounded.</param>
public sealed record ForecastQuery(string JobId, string ForecastId, long? Start, long? End, int From, int Size);

/// <summary>One bucket of one job, as the overall buckets need it. Epoch seconds.</summary>
public readonly record struct BucketScore(long Timestamp, double AnomalyScore, bool IsInterim);

/// <summary>The stored results: read from SQL, whatever the job's state.</summary>
public interface IResults
{
    Task<ResultPage> QueryAsync(ResultQuery query);

    Task<ResultPage> QueryModelPlotAsync(ModelPlotQuery query);

    Task<ResultPage> QueryAnnotationsAsync(AnnotationQuery query);

    Task<ResultPage> QueryForecastAsync(ForecastQuery query);

    /// <summary>The categories of a job in order of id.</summary>
    Task<ResultPage> QueryCategoriesAsync(CategoryQuery query);

    /// <summary>Scores of the buckets with a timestamp in [start, end) epoch milliseconds, in order of time.</summary>
    Task<IReadOnlyList<BucketScore>> ReadBucketScoresAsync(string jobId, long? start, long? end, bool excludeInterim);
}
