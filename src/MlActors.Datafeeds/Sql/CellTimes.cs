using System.Globalization;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Sql;

/// <summary>Reads the times of a column: points in time as they are, numbers by their unit, texts by the job's time format or as ISO 8601.</summary>
internal sealed class CellTimes
{
    // The years 1 to 9999, as of all records.
    private const long EarliestMs = -62_135_596_800_000;
    private const long LatestMs = 253_402_300_799_999;

    private readonly JavaDatePattern? _pattern;
    private readonly long? _msPerUnit;

    /// <param name="form">The form in which the statement gets its times: says what a number is, if it is one.</param>
    public CellTimes(TimeForm form, DataDescription description)
    {
        _msPerUnit = (form, description.TimeFormat) switch
        {
            (TimeForm.Epoch, _) => 1000,
            (TimeForm.EpochMs, _) => 1,
            (_, "epoch") => 1000,
            (_, "epoch_ms") => 1,
            _ => null,
        };
        if (description.TimeFormat is not ("epoch" or "epoch_ms")) JavaDatePattern.TryCompile(description.TimeFormat, out _pattern, out _);
    }

    /// <summary>Epoch milliseconds, rounded down, of a point in time; <c>null</c> when it is out of the range of times.</summary>
    /// <param name="utcTicks">100 ns since the year 1.</param>
    public static long? OfTicks(long utcTicks) => InRange((utcTicks / TimeSpan.TicksPerMillisecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>The same of a number.</summary>
    /// <exception cref="SourceException">Nothing says what it is a number of.</exception>
    public long? OfInteger(long number)
    {
        var unit = MsPerUnit;
        return number is >= -LatestMs and <= LatestMs ? InRange(number * unit) : null;
    }

    /// <inheritdoc cref="OfInteger"/>
    public long? OfDecimal(decimal number)
    {
        var unit = MsPerUnit;
        return Math.Abs(number) <= LatestMs ? InRange((long)decimal.Floor(number * unit)) : null;
    }

    /// <inheritdoc cref="OfInteger"/>
    // Seconds with fractions have no exact double: six digits are what databases keep.
    public long? OfReal(double number) => Math.Abs(number) < 1e18 ? OfDecimal(Math.Round((decimal)number, 6)) : null;

    /// <summary>The same of a text; <c>null</c> when it is no time.</summary>
    /// <exception cref="SourceException">It is a number, and nothing says of what.</exception>
    public long? OfText(string text)
    {
        if (text.Length == 0) return null;
        if (_pattern is not null && _pattern.TryParse(text, out var ms)) return InRange(ms);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date))
            return OfTicks(date.UtcTicks);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? OfDecimal(number) : null;
    }

    private long MsPerUnit => _msPerUnit ??
        throw new SourceException("the time column holds numbers: set [source.parameters] to [epoch] (seconds) or [epoch_ms]", isPermanent: true);

    private static long? InRange(long ms) => ms is >= EarliestMs and <= LatestMs ? ms : null;
}
