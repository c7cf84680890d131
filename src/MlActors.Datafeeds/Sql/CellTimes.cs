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
    private readonly decimal? _msPerUnit;

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

    /// <summary>Epoch milliseconds, rounded down; <c>null</c> when it is no time.</summary>
    /// <exception cref="SourceException">It is a number, and nothing says of what.</exception>
    public long? Read(in CellTime time)
    {
        if (time.Ms is { } ms) return InRange(ms);
        if (time.Number is { } number) return OfNumber(number);
        if (time.Text is not { Length: > 0 } text) return null;
        if (_pattern is not null && _pattern.TryParse(text, out ms)) return InRange(ms);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date))
            return InRange(CellTime.OfTicks(date.UtcTicks).Ms!.Value);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? OfNumber(number) : null;
    }

    private long? OfNumber(decimal number)
    {
        if (_msPerUnit is not { } unit)
            throw new SourceException("the time column holds numbers: set [source.parameters] to [epoch] (seconds) or [epoch_ms]", isPermanent: true);
        return Math.Abs(number) <= LatestMs ? InRange((long)decimal.Floor(number * unit)) : null;
    }

    private static long? InRange(long ms) => ms is >= EarliestMs and <= LatestMs ? ms : null;
}
