using System.Globalization;

namespace MlActors.Jobs.Configuration.Values;

/// <summary>Times as answers and messages show them.</summary>
public static class TimeText
{
    /// <summary>ISO 8601 with milliseconds in UTC; a time that no calendar has as its number.</summary>
    public static string Iso(long epochMs) => Format(epochMs, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    /// <summary>The same in whole seconds, rounded down.</summary>
    public static string IsoSeconds(long epochMs) => Format(epochMs, "yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static string Format(long epochMs, string format) =>
        epochMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && epochMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(epochMs).ToString(format, CultureInfo.InvariantCulture)
            : epochMs.ToString(CultureInfo.InvariantCulture);
}
