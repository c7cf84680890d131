namespace MlActors.Documents.Times;

/// <summary>
/// Reads ISO 8601 in UTF-8 without allocating: a date, alone or followed by <c>T</c> or a blank and a time with optional seconds, fraction (point or
/// comma) and zone (<c>Z</c>, <c>+hh</c>, <c>+hhmm</c>, <c>+hh:mm</c>). Without a zone it is UTC. Fractions beyond milliseconds are cut off.
/// </summary>
public static class IsoTime
{
    public static bool TryParse(ReadOnlySpan<byte> text, out long epochMs)
    {
        epochMs = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return false;
        if (!Digits(text, 0, 4, out var year) || !Digits(text, 5, 2, out var month) || !Digits(text, 8, 2, out var day)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        var ms = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerMillisecond;
        ms -= DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond;
        if (text.Length > 10)
        {
            if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
            if (!TryReadTime(text[11..], out var timeOfDay)) return false;
            ms += timeOfDay;
        }
        epochMs = ms;
        return true;
    }

    private static bool TryReadTime(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (!Digits(text, 0, 2, out var hour) || hour > 23) return false;
        ms = hour * 3_600_000L;
        var at = 2;
        if (at < text.Length && text[at] == ':')
        {
            if (!Digits(text, at + 1, 2, out var minute) || minute > 59) return false;
            ms += minute * 60_000L;
            at += 3;
            if (at < text.Length && text[at] == ':')
            {
                if (!Digits(text, at + 1, 2, out var second) || second > 59) return false;
                ms += second * 1000L;
                at += 3;
                if (at < text.Length && text[at] is (byte)'.' or (byte)',' && !TryReadFraction(text, ref at, ref ms)) return false;
            }
        }
        if (!TryReadZone(text[at..], out var offset)) return false;
        ms -= offset;
        return true;
    }

    private static bool TryReadFraction(ReadOnlySpan<byte> text, ref int at, ref long ms)
    {
        var start = ++at;
        for (var scale = 100; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++, scale /= 10) ms += (text[at] - '0') * scale;
        return at > start && at - start <= 9;
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out long offsetMs)
    {
        offsetMs = 0;
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z')) return true;
        if (text[0] is not ((byte)'+' or (byte)'-') || !Digits(text, 1, 2, out var hours) || hours > 18) return false;
        var minutes = 0;
        var rest = text[3..];
        if (!rest.IsEmpty)
        {
            if (rest[0] == ':') rest = rest[1..];
            if (rest.Length != 2 || !Digits(rest, 0, 2, out minutes) || minutes > 59) return false;
        }
        offsetMs = ((hours * 60) + minutes) * (text[0] == '-' ? -60_000L : 60_000L);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        if (start + count > text.Length) return false;
        for (var i = start; i < start + count; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (text[i] - '0');
        }
        return true;
    }
}
