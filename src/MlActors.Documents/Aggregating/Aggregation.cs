using System.Collections.Immutable;

namespace MlActors.Documents.Aggregating;

/// <summary>What is asked for under one name of <c>aggs</c>.</summary>
/// <param name="Inner">Asked for within each bucket.</param>
public abstract record Aggregation(string Name, ImmutableArray<Aggregation> Inner);

public enum Metric { Min, Max, Avg, Sum, ValueCount, Cardinality, Stats }

/// <param name="Missing">Stands for the value of documents that have none.</param>
public sealed record MetricAggregation(string Name, Metric Metric, string Field, double? Missing = null) : Aggregation(Name, []);

/// <summary>How values become keys of buckets.</summary>
/// <param name="Field">Where the values are.</param>
/// <param name="Interval">Of a histogram of times; <c>null</c>: the values themselves.</param>
public sealed record BucketSource(string Name, string Field, TimeInterval? Interval, bool Descending = false, bool MissingBucket = false);

public sealed record HistogramAggregation(string Name, BucketSource Source, long LeastCount, bool Descending, bool AsIsoText, ImmutableArray<Aggregation> Inner)
    : Aggregation(Name, Inner);

/// <param name="OrderBy"><c>_count</c>, <c>_key</c>, or the name of an inner metric.</param>
public sealed record TermsAggregation(
    string Name, BucketSource Source, int Size, long LeastCount, string OrderBy, bool Descending, ImmutableArray<Aggregation> Inner) : Aggregation(Name, Inner);

/// <param name="After">The key after which to go on, a value for each source.</param>
public sealed record CompositeAggregation(string Name, ImmutableArray<BucketSource> Sources, int Size, ImmutableArray<BucketKey>? After, ImmutableArray<Aggregation> Inner)
    : Aggregation(Name, Inner);
