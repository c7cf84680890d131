namespace MlActors.Node.Detecting;

/// <summary>
/// The bucket span when its user does not say. The <em>step</em> is the median of the differences between one time of the sample and the next later
/// one, so that records of many series at one time are one step.
/// <list type="bullet">
/// <item>Values are modelled as they come: the span is the step, set to the round one if it is within a tenth of one (299 s is 5 minutes).</item>
/// <item>What is counted needs something to count: the round span next to <see cref="RecordsToCount"/> steps or above.</item>
/// <item>When all of the input is known it has at least <see cref="FewestBuckets"/> buckets, if that leaves a step in each.</item>
/// </list>
/// </summary>
internal static class BucketSpanRule
{
    private const int FewestBuckets = 20;
    private const int RecordsToCount = 20;
    private const double Near = 0.1;
    private const long Minute = 60;
    private const long Day = 86_400;

    private static readonly long[] Round = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, Day, 7 * Day];

    /// <param name="times">Of the sample, epoch milliseconds, in order of the input.</param>
    /// <param name="counting">Whether all that is looked at are counts.</param>
    /// <param name="isWhole">Whether the sample is all of the input.</param>
    /// <returns>Seconds, at least 1.</returns>
    public static long SpanOf(IEnumerable<long> times, bool counting, bool isWhole)
    {
        var seconds = times.Select(time => (long)Math.Floor(time / 1000.0)).Distinct().Order().ToArray();
        if (seconds.Length < 2) return Minute;
        var steps = seconds.Zip(seconds.Skip(1), (before, after) => after - before).Order().ToArray();
        var step = steps[steps.Length / 2];
        var span = counting
            ? Round.FirstOrDefault(round => round >= step * RecordsToCount, step * RecordsToCount)
            : Round.OrderBy(round => Math.Abs(round - step)).First() is var nearest && Math.Abs(nearest - step) <= Near * step ? nearest : step;
        var longest = (seconds[^1] - seconds[0]) / FewestBuckets;
        return isWhole && span > longest ? Math.Max(step, Round.LastOrDefault(round => round <= longest, step)) : span;
    }
}
