using NodaTime;

namespace MlActors.Analysis.Time;

/// <summary>
/// The clock on the wall of a time zone. Zones are those of the database that comes with NodaTime, the same on every machine, so that a replay elsewhere
/// sees the same hours.
/// </summary>
/// <param name="zone">Id of the IANA database; <c>null</c> for UTC.</param>
internal sealed class LocalTime(string? zone)
{
    private readonly DateTimeZone? _zone = zone is null ? null : DateTimeZoneProviders.Tzdb[zone];

    // The interval without a change of the clocks that was asked for last; one reference, so that threads may share the object.
    private Interval _last = new(long.MaxValue, long.MinValue, 0);

    private sealed record Interval(long From, long To, long Offset);

    public static bool IsZone(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not null;

    /// <summary>What the clocks show, as seconds that would be epoch seconds in UTC.</summary>
    /// <param name="time">Epoch seconds.</param>
    public long Of(long time)
    {
        if (_zone is null) return time;
        var interval = _last;
        if (time < interval.From || time >= interval.To) _last = interval = Find(_zone, time);
        return time + interval.Offset;
    }

    private static Interval Find(DateTimeZone zone, long time)
    {
        // Years that NodaTime does not know have the clocks of the nearest that it does.
        var instant = Instant.FromUnixTimeSeconds(Math.Clamp(time, Instant.MinValue.ToUnixTimeSeconds(), Instant.MaxValue.ToUnixTimeSeconds()));
        var found = zone.GetZoneInterval(instant);
        return new Interval(
            found.HasStart ? found.Start.ToUnixTimeSeconds() : long.MinValue,
            found.HasEnd ? found.End.ToUnixTimeSeconds() : long.MaxValue,
            found.WallOffset.Seconds);
    }
}
