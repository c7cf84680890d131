using System.Globalization;

namespace MlActors.Jobs.Configuration.Values;

/// <summary>The units of a duration in the API, smallest first.</summary>
public enum TimeUnit { Nanos, Micros, Milliseconds, Seconds, Minutes, Hours, Days }

/// <summary>
/// A duration as the API writes it: a whole number and a unit (<c>nanos micros ms s m h d</c>), or <c>0</c>, or <c>-1</c> where that means
/// "never". Keeps the unit it was written in, so <c>60m</c> stays <c>60m</c>.
/// </summary>
public readonly record struct TimeValue(long Count, TimeUnit Unit)
{
    // Longest first, so that no unit is taken for the end of another.
    private static readonly (string Suffix, TimeUnit Unit)[] Suffixes =
    [
        ("micros", TimeUnit.Micros), ("nanos", TimeUnit.Nanos), ("ms", TimeUnit.Milliseconds), ("s", TimeUnit.Seconds),
        ("m", TimeUnit.Minutes), ("h", TimeUnit.Hours), ("d", TimeUnit.Days),
    ];

    private const string Fix = "write a whole number and one of the units nanos, micros, ms, s, m, h, d, such as 30s or 5m";

    /// <summary><c>-1</c>: no limit, never.</summary>
    public static TimeValue MinusOne => new(-1, TimeUnit.Milliseconds);

    /// <summary>Its length. Fractions of 100 ns are rounded up, so that nothing positive becomes zero.</summary>
    public TimeSpan Duration => Unit switch
    {
        TimeUnit.Nanos => TimeSpan.FromTicks((long)Math.Ceiling(Count / 100m)),
        TimeUnit.Micros => TimeSpan.FromTicks(Count * 10),
        _ => TimeSpan.FromTicks(Count * TicksOf(Unit)),
    };

    /// <summary>Whether it is a whole number of seconds.</summary>
    public bool IsWholeSeconds => Duration.Ticks % TimeSpan.TicksPerSecond == 0;

    /// <summary>Its length in seconds, rounded down.</summary>
    public long TotalSeconds => Duration.Ticks / TimeSpan.TicksPerSecond;

    /// <summary>As the API writes it; equal to what was read, apart from blanks, case and leading zeros.</summary>
    public override string ToString() => this == MinusOne ? "-1" : Count.ToString(CultureInfo.InvariantCulture) + SuffixOf(Unit);

    /// <summary>Writes a duration in the largest unit that leaves a whole number; fractions of 100 ns do not exist in it.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var unit = TimeUnit.Days;
        while (unit > TimeUnit.Micros && duration.Ticks % TicksOf(unit) != 0) unit--;
        return unit == TimeUnit.Micros && duration.Ticks % 10 != 0
            ? new TimeValue(duration.Ticks * 100, TimeUnit.Nanos).ToString()
            : new TimeValue(duration.Ticks / TicksOf(unit), unit).ToString();
    }

    /// <summary>Reads a duration or throws.</summary>
    /// <param name="field">What it is the value of, for the message.</param>
    /// <param name="allowMinusOne">Whether <c>-1</c> has a meaning here.</param>
    /// <exception cref="InvalidConfigException">It is none; names the field, the value and the fix.</exception>
    public static TimeValue Parse(string text, string field, bool allowMinusOne = false) =>
        TryParse(text, out var value, out var problem, allowMinusOne) ? value : throw new InvalidConfigException([new(field, problem)]);

    /// <summary>Reads a duration.</summary>
    /// <param name="problem">Names the value and the fix, when the answer is <c>false</c>.</param>
    public static bool TryParse(string text, out TimeValue value, out string problem, bool allowMinusOne = false)
    {
        value = default;
        problem = "";
        var trimmed = text.Trim();
        if (trimmed is "0")
        {
            value = new(0, TimeUnit.Seconds);
            return true;
        }
        if (trimmed is "-1" && allowMinusOne)
        {
            value = MinusOne;
            return true;
        }
        var (suffix, unit) = Suffixes.FirstOrDefault(pair => trimmed.EndsWith(pair.Suffix, StringComparison.OrdinalIgnoreCase));
        // M is a month to many; only the lower-case letter is a minute.
        if (suffix is null || (unit == TimeUnit.Minutes && trimmed.EndsWith('M')))
        {
            problem = $"[{text}] is not a duration: {Fix}";
            return false;
        }
        return TryScale(text, trimmed[..^suffix.Length].TrimEnd(), unit, out value, out problem);
    }

    private static bool TryScale(string text, string number, TimeUnit unit, out TimeValue value, out string problem)
    {
        value = default;
        problem = "";
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count))
            problem = $"[{text}] is not a duration: {Fix}";
        else if (count < 0)
            problem = $"[{text}] is negative: a duration is 0 or more";
        else if (count != decimal.Truncate(count))
            problem = $"[{text}] has a fraction: {WholeNumberFor(count, unit) ?? Fix}";
        else if (count > TimeSpan.MaxValue.Ticks / 100 * 100m / TicksOf(unit))
            problem = $"[{text}] is too long: the longest duration is {TimeSpan.MaxValue.Days}d";
        else
            value = new((long)count, unit);
        return problem.Length == 0;
    }

    // 1.5h is 90m: say so.
    private static string? WholeNumberFor(decimal count, TimeUnit unit)
    {
        if (count > int.MaxValue) return null;
        for (var smaller = unit - 1; smaller >= TimeUnit.Micros; smaller--)
        {
            var scaled = count * TicksOf(unit) / TicksOf(smaller);
            if (scaled == decimal.Truncate(scaled)) return $"write it in a smaller unit as {new TimeValue((long)scaled, smaller)}";
        }
        return null;
    }

    private static string SuffixOf(TimeUnit unit) => Suffixes.First(pair => pair.Unit == unit).Suffix;

    // A nanosecond is less than a tick; no count of them is too many.
    private static long TicksOf(TimeUnit unit) => unit switch
    {
        TimeUnit.Nanos => 1,
        TimeUnit.Micros => TimeSpan.TicksPerMicrosecond,
        TimeUnit.Milliseconds => TimeSpan.TicksPerMillisecond,
        TimeUnit.Seconds => TimeSpan.TicksPerSecond,
        TimeUnit.Minutes => TimeSpan.TicksPerMinute,
        TimeUnit.Hours => TimeSpan.TicksPerHour,
        _ => TimeSpan.TicksPerDay,
    };
}
