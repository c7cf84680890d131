using System.Globalization;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Documents.Times;

/// <summary>
/// A bound of a range of dates: a date in the field's form, or date math on <c>now</c> or on a date followed by <c>||</c>. Where it is rounded (<c>/d</c>),
/// a bound that includes or excludes the whole unit means its last millisecond.
/// </summary>
public static class DateBound
{
    /// <param name="roundUp">For <c>gt</c> and <c>lte</c>.</param>
    /// <param name="zone">Of a date without a zone.</param>
    public static bool TryParse(string text, DateFormat format, DateTimeOffset now, bool roundUp, TimeSpan zone, out long epochMs)
    {
        var trimmed = text.Trim();
        if (format.TryParse(trimmed, out epochMs) || DateFormat.Default.TryParse(trimmed, out epochMs))
        {
            if (zone != TimeSpan.Zero && IsWithoutZone(trimmed)) epochMs -= (long)zone.TotalMilliseconds;
            if (roundUp && trimmed.Length == 10 && trimmed[4] == '-') epochMs += 86_400_000 - 1;
            return true;
        }
        var bar = trimmed.IndexOf("||", StringComparison.Ordinal);
        if (bar >= 0 && format.TryParse(trimmed[..bar], out var anchor))
        {
            // Date math knows dates, not every format.
            trimmed = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(anchor, -60_000_000_000_000, 250_000_000_000_000))
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) + trimmed[bar..];
        }
        else if (bar < 0 && !trimmed.StartsWith("now", StringComparison.Ordinal))
        {
            return false;
        }
        if (!roundUp || trimmed.Length < 3 || trimmed[^2] != '/') return DateValue.TryParse(trimmed, now, out epochMs, out _);
        if (!DateValue.TryParse(trimmed + "+1" + trimmed[^1], now, out epochMs, out _)) return false;
        epochMs--;
        return true;
    }

    private static bool IsWithoutZone(string iso) =>
        iso.Length >= 10 && iso[4] == '-' && !iso.EndsWith('Z') && !iso.EndsWith('z') && iso.IndexOfAny(['+', '-'], 10) < 0;
}
