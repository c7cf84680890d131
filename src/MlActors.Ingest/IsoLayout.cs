namespace MlActors.Ingest;

/// <summary>
/// A short cut for the date patterns that nearly everybody uses: digits at fixed places, then Z or nothing. What it does not take is no
/// mistake yet; the general parser decides, and gives the same time for all that this one takes.
/// </summary>
internal sealed class IsoLayout
{
    private const string Date = "yyyy-MM-dd";
    private const string Time = "HH:mm:ss";
    private const int Seconds = 19;

    private readonly byte _separator;
    private readonly int _fraction;
    private readonly bool _zoned;

    private IsoLayout(char separator, int fraction, bool zoned) => (_separator, _fraction, _zoned) = ((byte)separator, fraction, zoned);

    /// <summary>The layout of a pattern such as <c>yyyy-MM-dd'T'HH:mm:ss.SSSX</c>; <c>null</c> for patterns of another kind.</summary>
    public static IsoLayout? For(string pattern)
    {
        foreach (var (written, separator) in new[] { ("'T'", 'T'), (" ", ' ') })
            foreach (var fraction in new[] { 0, 3, 6 })
                foreach (var zone in new[] { "", "X", "XX", "XXX" })
                    if (pattern == Date + written + Time + (fraction == 0 ? "" : "." + new string('S', fraction)) + zone)
                        return new IsoLayout(separator, fraction, zone.Length > 0);
        return null;
    }

    /// <summary>Reads a time; <c>false</c> when it is not exactly in this layout, in UTC.</summary>
    /// <param name="seconds">Whole epoch seconds, rounded down.</param>
    public bool TryParse(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        var length = Seconds + (_fraction == 0 ? 0 : 1 + _fraction);
        if (text.Length != (_zoned ? length + 1 : length)) return false;
        if (_zoned && text[length] != 'Z') return false;
        if (_fraction > 0 && (text[Seconds] != '.' || text.Slice(Seconds + 1, _fraction).ContainsAnyExceptInRange((byte)'0', (byte)'9'))) return false;
        if (text[4] != '-' || text[7] != '-' || text[10] != _separator || text[13] != ':' || text[16] != ':') return false;

        var year = TwoDigits(text, 0) * 100 + TwoDigits(text, 2);
        var (month, day) = (TwoDigits(text, 5), TwoDigits(text, 8));
        var (hour, minute, second) = (TwoDigits(text, 11), TwoDigits(text, 14), TwoDigits(text, 17));
        if (TwoDigits(text, 2) > 99 || year is < 1 or > 9999 || month is < 1 or > 12) return false;
        if (day < 1 || day > DateTime.DaysInMonth((int)year, (int)month)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;

        // Whole days since 1970 by counting from March, so that the leap day is the year's last.
        var fromMarch = (month + 9) % 12;
        var years = (long)(month <= 2 ? year - 1 : year);
        var days = years * 365 + years / 4 - years / 100 + years / 400 + (fromMarch * 306 + 5) / 10 + day - 1 - 719_468;
        seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
        return true;
    }

    // More than 99 when one is no digit.
    private static uint TwoDigits(ReadOnlySpan<byte> text, int at)
    {
        var (tens, ones) = ((uint)(text[at] - '0'), (uint)(text[at + 1] - '0'));
        return tens > 9 || ones > 9 ? 100_000 : tens * 10 + ones;
    }
}
