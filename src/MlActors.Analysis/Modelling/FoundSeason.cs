using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// A profile of a period that was found in the data. Where the day or the week is known to matter, it is about what they leave; else about the value itself,
/// like theirs.
/// </summary>
internal sealed class FoundSeason
{
    private const int MostSlots = 128;

    // It is known after most of a period, and judged after so many periods and buckets.
    private const double MostOfPeriod = 0.9;
    private const int PeriodsOfTrial = 2;
    private const int FewestOfTrial = 300;

    private readonly SeasonalProfile _profile;
    private readonly ForecastSource _on;
    private readonly int _slots;
    private readonly long _since;
    private int _tried;

    /// <param name="period">Seconds.</param>
    /// <param name="on">What is known of the value without it.</param>
    /// <param name="since">Start of the first bucket that it learns, epoch seconds.</param>
    /// <param name="scale">The usual deviation of the series, above 0.</param>
    public FoundSeason(int period, ForecastSource on, long since, long span, double level, double scale)
        : this(period, on, since, SlotsOf(period, span), new SeasonalProfile(SlotsOf(period, span), on == ForecastSource.Level ? level : 0, scale))
    {
    }

    private FoundSeason(int period, ForecastSource on, long since, int slots, SeasonalProfile profile) =>
        (Period, _on, _since, _slots, _profile) = (period, on, since, slots, profile);

    /// <summary>Seconds.</summary>
    public int Period { get; }

    public long Bytes => BytesFor(_slots);

    /// <summary>What one of a period takes in memory: the object, a profile.</summary>
    public static long BytesFor(int period, long span) => BytesFor(SlotsOf(period, span));

    /// <summary>What is expected of a bucket.</summary>
    /// <param name="start">Epoch seconds.</param>
    /// <param name="shift">By how much the level lies above that of the profiles.</param>
    public Season At(long start, long span, in Season day, in Season week, double shift)
    {
        if (start - _since < MostOfPeriod * Period) return Season.None;
        if (_on == ForecastSource.Level) return Season.Of(_profile, Slot(start, span), shift);
        var under = _on == ForecastSource.Day ? day : week;
        var own = Season.Of(_profile, Slot(start, span), 0);
        return under.Known && own.Known ? new Season(true, under.Mean + own.Mean, under.Mean + own.Low, under.Mean + own.High, own.Deviation) : Season.None;
    }

    /// <summary>Learns the value of a bucket.</summary>
    /// <returns>Whether it is time to decide if it is of use.</returns>
    public bool Learn(long start, long span, double value, in Season day, in Season week, double shift, double floor, bool unclear)
    {
        var under = _on == ForecastSource.Day ? day : week;
        if (_on != ForecastSource.Level && !under.Known) return false;
        _profile.Learn(Slot(start, span), value - (_on == ForecastSource.Level ? shift : under.Mean), (start - _since) / Period, floor, unclear);
        if (start - _since < MostOfPeriod * Period || ++_tried * span < PeriodsOfTrial * Period || _tried < FewestOfTrial) return false;
        _tried = 0;
        return true;
    }

    public FoundSeason Copy() => new(Period, _on, _since, _slots, _profile.Copy()) { _tried = _tried };

    public void Write(ByteWriter writer)
    {
        writer.VarInt(Period);
        writer.Byte((byte)_on);
        writer.VarInt(_since);
        writer.VarInt(_tried);
        _profile.Write(writer);
    }

    public static FoundSeason Read(ref ByteReader reader, long span)
    {
        var (period, on, since, tried) = ((int)reader.VarInt(), (ForecastSource)reader.Byte(), reader.VarInt(), (int)reader.VarInt());
        if (period <= 0 || on > ForecastSource.Week) throw new InvalidDataException("a found period is none");
        var slots = SlotsOf(period, span);
        return new FoundSeason(period, on, since, slots, SeasonalProfile.Read(ref reader, slots)) { _tried = tried };
    }

    private static long BytesFor(int slots) => 16 + (2 * 8) + (4 * 4) + SeasonalProfile.BytesFor(slots);

    private static int SlotsOf(int period, long span) => (int)Math.Clamp(period / span, 1, MostSlots);

    // By the middle of a bucket.
    private int Slot(long start, long span)
    {
        var middle = start + (span / 2);
        return (int)((middle - BucketTime.Floor(middle, Period)) * _slots / Period);
    }
}
