using System.Globalization;

namespace MlActors.Jobs.Configuration.Values;

/// <summary>Times as answers and messages show them.</summary>
public static class TimeText
{
    /// <summary>ISO 8601 with milliseconds in UTC; a time that no calendar has as its number.</summary>
    public static string Iso(long epochMs) =>
        epochMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && epochMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(epochMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : epochMs.ToString(CultureInfo.InvariantCulture);
}
