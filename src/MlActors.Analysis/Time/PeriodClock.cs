using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Time;

/// <summary>How far the day or the week has gone on the clocks of a time zone.</summary>
/// <param name="period">Seconds: of a day or of a week.</param>
/// <param name="zone">Id of the IANA database; <c>null</c> for UTC.</param>
internal sealed class PeriodClock(long period, string? zone)
{
    // The first Monday after the epoch, which was a Thursday.
    private const long Monday = 4 * 86_400;

    private readonly LocalTime _local = new(zone);

    /// <summary>The one that a function reads; <c>null</c> when it does not look at times.</summary>
    public static PeriodClock? For(Aggregate aggregate, string? zone) => aggregate.Period() is > 0 and var period ? new PeriodClock(period, zone) : null;

    /// <summary>Seconds since the midnight before, or since the midnight before the Monday of the week.</summary>
    /// <param name="time">Epoch seconds.</param>
    public long Of(long time)
    {
        var local = _local.Of(time) - Monday;
        return local - BucketTime.Floor(local, period);
    }
}
