using System.Globalization;

namespace MlActors.Jobs.Configuration.Values;

/// <summary>
/// A date parameter of the API: ISO 8601 to any precision (no zone means UTC), seconds since 1970 (at most 10 characters, so until the year 2286),
/// milliseconds since 1970 (more than 10), <c>now</c>, or date math on <c>now</c> or on a date followed by <c>||</c>.
/// </summary>
/// <remarks>
/// Date math is a row of <c>+1h</c>, <c>-2d</c> and <c>/d</c> (round down to the unit) with the units <c>y M w d h H m s</c>; weeks start on Monday.
/// </remarks>
public static class DateValue
{
    private const int SecondsDigits = 10;
    private const string Fix =
        "write ISO 8601 (2024-02-29T12:00:00Z), seconds or milliseconds since 1970, or now with optional date math (now-1h)";

    private static readonly JavaDatePattern Iso = Compile(
        "uuuu-MM-dd'T'HH[:mm[:ss[.SSSSSSSSS][.SSSSSSSS][.SSSSSSS][.SSSSSS][.SSSSS][.SSSS][.SSS][.SS][.S]]][XXX][XX][x]");

    /// <summary>Reads a date or throws.</summary>
    /// <param name="field">What it is the value of, for the message.</param>
    /// <returns>Milliseconds since 1970.</returns>
    /// <exception cref="InvalidConfigException">It is none; names the field, the value and the fix.</exception>
    public static long Parse(string text, string field, DateTimeOffset now) =>
        TryParse(text, now, out var ms, out var problem) ? ms : throw new InvalidConfigException([new(field, problem)]);

    /// <summary>Reads a date.</summary>
    /// <param name="now">What <c>now</c> means.</param>
    /// <param name="epochMs">Milliseconds since 1970.</param>
    /// <param name="problem">Names the value and the fix, when the answer is <c>false</c>.</param>
    public static bool TryParse(string text, DateTimeOffset now, out long epochMs, out string problem)
    {
        problem = "";
        var date = text.Trim();
        if (TryParseNumber(date, out epochMs) || TryParseIso(date, out epochMs)) return true;
        var (anchor, math) = Split(date);
        var known = anchor is "now" || TryParseNumber(anchor, out epochMs) || TryParseIso(anchor, out epochMs);
        if (anchor is "now") epochMs = now.ToUnixTimeMilliseconds();
        if (known && TryAddMath(ref epochMs, math)) return true;
        epochMs = 0;
        problem = $"[{text}] is not a date: {Fix}";
        return false;
    }

    private static (string Anchor, string Math) Split(string date)
    {
        if (date.StartsWith("now", StringComparison.Ordinal)) return ("now", date[3..]);
        var bar = date.IndexOf("||", StringComparison.Ordinal);
        return bar < 0 ? (date, "") : (date[..bar], date[(bar + 2)..]);
    }

    private static bool TryParseNumber(string text, out long epochMs)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out epochMs)) return false;
        if (text.Length <= SecondsDigits) epochMs *= 1000;
        return epochMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && epochMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    }

    // A year of four digits is a number of seconds to the API, so the shortest date here is a year with its month.
    private static bool TryParseIso(string text, out long epochMs)
    {
        epochMs = 0;
        if (text.Length > 40) return false;
        var padded = text.Length switch
        {
            7 => text + "-01T00",
            10 => text + "T00",
            // The day may be followed by a blank instead of the letter, and the fraction by a comma instead of a point.
            _ => text.Length > 10 && text[10] is ' ' or 't' ? string.Concat(text.AsSpan(0, 10), "T", text.AsSpan(11)) : text,
        };
        return Iso.TryParse(padded.Replace(',', '.'), out epochMs);
    }

    private static bool TryAddMath(ref long epochMs, string math)
    {
        DateTime date;
        try
        {
            date = DateTimeOffset.FromUnixTimeMilliseconds(epochMs).UtcDateTime;
            for (var i = 0; i < math.Length;)
            {
                var operation = math[i++];
                var start = i;
                while (i < math.Length && char.IsAsciiDigit(math[i])) i++;
                var count = i == start ? 1 : int.Parse(math.AsSpan(start, i - start), CultureInfo.InvariantCulture);
                if (i == math.Length) return false;
                var unit = math[i++];
                if (operation == '/' ? i - start != 1 : operation is not ('+' or '-')) return false;
                if (!(operation == '/' ? TryRound(ref date, unit) : TryAdd(ref date, unit, operation == '-' ? -count : count))) return false;
            }
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            // Before year 1 or after 9999.
            return false;
        }
        epochMs = new DateTimeOffset(date).ToUnixTimeMilliseconds();
        return true;
    }

    private static bool TryAdd(ref DateTime date, char unit, int count)
    {
        date = unit switch
        {
            'y' => date.AddYears(count),
            'M' => date.AddMonths(count),
            'w' => date.AddDays(7L * count),
            'd' => date.AddDays(count),
            'h' or 'H' => date.AddHours(count),
            'm' => date.AddMinutes(count),
            's' => date.AddSeconds(count),
            _ => date,
        };
        return "yMwdhHms".Contains(unit);
    }

    private static bool TryRound(ref DateTime date, char unit)
    {
        date = unit switch
        {
            'y' => new DateTime(date.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            'M' => new DateTime(date.Year, date.Month, 1, 0, 0, 0, DateTimeKind.Utc),
            'w' => date.Date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
            'd' => date.Date,
            'h' or 'H' => date.AddTicks(-(date.Ticks % TimeSpan.TicksPerHour)),
            'm' => date.AddTicks(-(date.Ticks % TimeSpan.TicksPerMinute)),
            's' => date.AddTicks(-(date.Ticks % TimeSpan.TicksPerSecond)),
            _ => date,
        };
        return "yMwdhHms".Contains(unit);
    }

    private static JavaDatePattern Compile(string pattern) =>
        JavaDatePattern.TryCompile(pattern, out var compiled, out var problem) ? compiled : throw new InvalidOperationException(problem);
}
