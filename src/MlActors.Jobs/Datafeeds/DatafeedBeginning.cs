using MlActors.Analysis.Input;

namespace MlActors.Jobs.Datafeeds;

/// <summary>Where a run of a datafeed begins.</summary>
/// <param name="SkipTo">Epoch seconds: the job's time goes there first; <c>null</c> when it need not.</param>
public sealed record DatafeedBeginning(DatafeedPosition Position, long? SkipTo)
{
    /// <summary>
    /// Exactly behind what is in the log, when the newest of it came from the datafeed; behind the newest record and the last finished bucket, when
    /// somebody else sent data or the model went back; later, when the user wants that.
    /// </summary>
    public static DatafeedBeginning Of(DatafeedRun run, DatafeedPosition? position, DataCounts counts)
    {
        var newest = Latest(counts.MovedTo, counts.LatestRecord);
        if (position is not null && (newest is null || position.NextMs >= newest * 1000))
            return position.NextMs >= run.StartMs ? new(position, null) : Skipping(run.StartMs);
        if (newest is null) return new(new DatafeedPosition(run.StartMs, null), null);
        var dataEnd = Latest(counts.MovedTo, counts.LatestRecord + 1)!.Value * 1000;
        return dataEnd >= run.StartMs ? new(new DatafeedPosition(dataEnd, null), null) : Skipping(run.StartMs);
    }

    private static DatafeedBeginning Skipping(long toMs) => new(new DatafeedPosition(toMs, null), toMs / 1000);

    private static long? Latest(long? a, long? b) => a is null || b > a ? b : a;
}
