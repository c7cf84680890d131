using System.Globalization;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Datafeeds.Paging;

/// <summary>Times as messages show them.</summary>
internal static class TimeText
{
    public static string Of(TimeSpan duration) => TimeValue.Format(duration);

    /// <param name="ms">Epoch milliseconds.</param>
    public static string Of(long ms) => IsDate(ms)
        ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : ms.ToString(CultureInfo.InvariantCulture) + " ms";

    private static bool IsDate(long ms) => ms >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
}
