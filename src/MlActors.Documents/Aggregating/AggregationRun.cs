using System.Collections.Immutable;
using MlActors.Documents.Matching;
using MlActors.Documents.Store;

namespace MlActors.Documents.Aggregating;

/// <summary>A document on its way through the aggregations.</summary>
internal readonly ref struct AggregatedDocument(ReadOnlySpan<byte> source, DocumentFields fields, long timeMs, IndexInfo index)
{
    public readonly ReadOnlySpan<byte> Source = source;

    public DocumentFields Fields => fields;

    public long TimeMs => timeMs;

    public IndexInfo Index => index;
}

/// <summary>All aggregations of one search, and what they may take.</summary>
internal sealed class AggregationRun
{
    /// <summary>Most buckets of one search.</summary>
    public const int MostBuckets = 65_536;

    /// <summary>Most different values that are remembered to count them.</summary>
    public const int MostDistinct = 4_000_000;

    private readonly Scope _top;
    private int _buckets;
    private int _distinct;

    public AggregationRun(ImmutableArray<Aggregation> aggregations, FieldPaths paths)
    {
        Paths = paths;
        // Declares all paths, also those of buckets that are not there yet.
        Declare(aggregations);
        _top = new Scope(aggregations, this);
    }

    public FieldPaths Paths { get; }

    public void Add(in AggregatedDocument document) => _top.Add(document);

    public IReadOnlyList<AggregationResult> Finish() => _top.Finish();

    public void CountBucket()
    {
        if (++_buckets > MostBuckets)
            throw new QueryException($"[aggs] make more than {MostBuckets} buckets; use longer intervals, fewer terms, or page with [composite]");
    }

    public void DropBucket() => _buckets--;

    public void CountDistinct()
    {
        if (++_distinct > MostDistinct)
            throw new QueryException($"[aggs]: [cardinality] meets more than {MostDistinct} different values in all its buckets; narrow the query or use fewer buckets");
    }

    private void Declare(ImmutableArray<Aggregation> aggregations)
    {
        foreach (var aggregation in aggregations)
        {
            var fields = aggregation switch
            {
                MetricAggregation metric => [metric.Field],
                HistogramAggregation histogram => [histogram.Source.Field],
                TermsAggregation terms => [terms.Source.Field],
                CompositeAggregation composite => composite.Sources.Select(source => source.Field),
                _ => (IEnumerable<string>)[],
            };
            foreach (var field in fields) Paths.Add(field);
            Declare(aggregation.Inner);
        }
    }
}

/// <summary>The aggregations within one bucket, or within all.</summary>
internal sealed class Scope
{
    private readonly Collector[] _collectors;

    public Scope(ImmutableArray<Aggregation> aggregations, AggregationRun run)
    {
        _collectors = aggregations.IsEmpty ? [] : new Collector[aggregations.Length];
        for (var i = 0; i < _collectors.Length; i++)
        {
            _collectors[i] = aggregations[i] switch
            {
                MetricAggregation metric => new MetricCollector(metric, run),
                HistogramAggregation histogram => new HistogramCollector(histogram, run),
                TermsAggregation terms => new TermsCollector(terms, run),
                CompositeAggregation composite => new CompositeCollector(composite, run),
                var other => throw new NotSupportedException($"no collector for {other.GetType().Name}"),
            };
        }
    }

    public long Count { get; private set; }

    public void Add(in AggregatedDocument document)
    {
        Count++;
        foreach (var collector in _collectors) collector.Add(document);
    }

    public IReadOnlyList<AggregationResult> Finish() => [.. _collectors.Select(collector => collector.Finish())];

    /// <summary>The value of an inner metric, for the order of terms.</summary>
    public double? ValueOf(string metric) => _collectors.OfType<MetricCollector>().First(collector => collector.Name == metric).Value;
}

internal abstract class Collector
{
    public abstract void Add(in AggregatedDocument document);

    public abstract AggregationResult Finish();
}
