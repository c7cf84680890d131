using MlActors.Jobs.Configuration.Values;

namespace MlActors.Documents.Aggregating;

/// <summary>Spans of time of equal length, in UTC.</summary>
/// <param name="Ms">Length.</param>
/// <param name="OffsetMs">How far the first one that begins after 1970 is from it; weeks begin on Mondays.</param>
public readonly record struct TimeInterval(long Ms, long OffsetMs)
{
    // 1970 began on a Thursday.
    private const long MondayMs = 4 * 86_400_000L;

    public long StartOf(long timeMs)
    {
        var into = (timeMs - OffsetMs) % Ms;
        return timeMs - (into < 0 ? into + Ms : into);
    }

    public TimeInterval Shifted(long ms) => this with { OffsetMs = OffsetMs + ms };

    /// <exception cref="QueryException"/>
    public static TimeInterval Fixed(string text, string place)
    {
        if (!TimeValue.TryParse(text, out var value, out var problem)) throw new QueryException($"[{place}] {problem}");
        var ms = (long)value.Duration.TotalMilliseconds;
        return ms >= 1 ? new TimeInterval(ms, 0) : throw new QueryException($"[{place}] must be at least 1ms");
    }

    /// <exception cref="QueryException"/>
    public static TimeInterval Calendar(string text, string place) => text switch
    {
        "1s" or "second" => new(1000, 0),
        "1m" or "minute" => new(60_000, 0),
        "1h" or "hour" => new(3_600_000, 0),
        "1d" or "day" => new(86_400_000, 0),
        "1w" or "week" => new(7 * 86_400_000L, MondayMs),
        _ => throw new QueryException($"[{place}] is [{Queries.QueryReader.Shorten(text)}]; supported: [minute, hour, day, week] and 1m, 1h, 1d, 1w; use [fixed_interval] for others"),
    };
}
