using System.Collections.Immutable;
using MlActors.Datafeeds.Aggregating;
using MlActors.Documents;
using MlActors.Documents.Aggregating;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Datafeeds.Index;

/// <summary>The aggregation of a datafeed over this server's documents.</summary>
/// <param name="Shape">What a record is made of.</param>
/// <param name="Parts">The same, ready to be worked out.</param>
internal sealed record IndexAggregation(DatafeedAggregation Shape, ImmutableArray<Aggregation> Parts)
{
    /// <summary><c>null</c> when something is wrong with it.</summary>
    public static IndexAggregation? Read(DatafeedConfig datafeed, JobConfig job, DateTimeOffset now, ProblemList problems)
    {
        if (DatafeedAggregation.Read(datafeed, job, problems) is not { } shape) return null;
        try
        {
            var parts = AggregationReader.Read(datafeed.Aggregations!.Value, now);
            CheckWithin(parts[0], "aggs." + shape.Name);
            // All buckets of a slice are wanted at once.
            return new IndexAggregation(shape, parts[0] is CompositeAggregation composite ? [composite with { Size = int.MaxValue }] : parts);
        }
        catch (QueryException wrong)
        {
            problems.Add("aggregations", wrong.Message, ProblemKind.IllegalArgument);
            return null;
        }
    }

    private static void CheckWithin(Aggregation aggregation, string place)
    {
        if (aggregation.Inner.FirstOrDefault(inner => inner is MetricAggregation { Metric: Metric.Stats }) is { } stats)
            throw new QueryException($"[{place}.aggs.{stats.Name}] is [stats], which is no single value: use min, max, avg, sum or value_count");
        var buckets = aggregation.Inner.Where(inner => inner is not MetricAggregation).ToList();
        if (buckets.Find(inner => inner is HistogramAggregation) is { } histogram)
            throw new QueryException($"[{place}.aggs.{histogram.Name}] is a second [date_histogram]; a datafeed has one, at the top");
        foreach (var inner in buckets) CheckWithin(inner, $"{place}.aggs.{inner.Name}");
    }
}
