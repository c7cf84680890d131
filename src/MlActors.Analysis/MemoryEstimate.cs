using MlActors.Analysis.Buckets;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Judging;
using MlActors.Analysis.Series;

namespace MlActors.Analysis;

/// <summary>
/// What the analysis of a job will take once all its series are grown up, by the sizes by which it is counted then
/// (<see cref="Results.ModelSizeStats.ModelBytes"/>). Every combination of the values of a detector's fields is taken to be there: where a value belongs to
/// one partition only, it is less.
/// </summary>
public static class MemoryEstimate
{
    // What is assumed of categories: how many there are, how many in a bucket, and what one takes with a few words and examples.
    private const long Categories = 500;
    private const long CategoriesInBucket = 50;
    private const long CategoryBytes = 1500;

    // What is looked for because it is rare is in one of so many buckets.
    private const long SeldomSeen = 10;

    private const int ValueLength = 10;

    /// <summary>In bytes.</summary>
    /// <param name="overall">How many values a by, over or partition field has.</param>
    /// <param name="inBucket">How many values of an influencer come in one bucket.</param>
    public static long Of(AnalysisSettings settings, Func<string, long> overall, Func<string, long> inBucket)
    {
        var memory = new MemoryBudget(long.MaxValue / 2);
        var openBuckets = 1 + ((settings.Latency + settings.BucketSpan - 1) / settings.BucketSpan);
        var (models, open) = (0L, 0L);
        for (var i = 0; i < settings.Detectors.Length; i++)
        {
            var detector = settings.Detectors[i];
            var judge = Judges.Create(i, detector, settings, memory);
            var counts = new SplitCounts(CountOf(detector.PartitionFieldName), CountOf(detector.ByFieldName), CountOf(detector.OverFieldName));
            models += judge.EstimateBytes(counts) + (judge.Frequent?.EstimateBytes(counts) ?? 0);
            var seen = detector.Function.Aggregate is Aggregate.Rare or Aggregate.FrequentRare ? counts.Series / SeldomSeen : counts.SeriesInBucket;
            open += seen * new DetectorBucket(0, detector.Function.Aggregate).NewBytes;
            foreach (var influencer in settings.Influencers.Where(influencer => !detector.IsSplitBy(influencer)))
                open += Math.Max(seen, Seen(influencer)) * InfluenceEntry.Bytes(new string('x', ValueLength));
        }
        return models + (openBuckets * (OpenBucket.Bytes + open)) + CategorizationBytes(settings, overall);

        long CountOf(string? field) => field is null ? 1 : Math.Max(1, field == CategorizationSettings.CategoryField ? Categories : overall(field));

        long Seen(string influencer) => influencer == CategorizationSettings.CategoryField ? CategoriesInBucket : inBucket(influencer);
    }

    /// <summary>The limit with which a job of this size is not yet short of memory.</summary>
    public static long LimitFor(long bytes) => bytes / MemoryBudget.SoftTenths * 10;

    private static long CategorizationBytes(AnalysisSettings settings, Func<string, long> overall) => settings.Categorization is not { } categorization
        ? 0
        : KnownLines.Bytes + (Categories * CategoryBytes * (categorization.PartitionFieldName is { } partition ? Math.Max(1, overall(partition)) : 1));
}
