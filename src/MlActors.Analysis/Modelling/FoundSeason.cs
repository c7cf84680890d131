using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// A profile of a period that was found in the data. Where the day or the week is known to matter, it is about what they leave; else about the value itself,
/// like theirs. It says nothing before it has passed a trial: it has to be better than what is expected without it, and better than a mean that follows as
/// fast, for a series that wanders is followed well by any profile.
/// </summary>
internal sealed class FoundSeason
{
    private const int MostSlots = 128;

    // A trial begins when the profile has seen most of a period, and lasts so many periods and buckets.
    private const double MostOfPeriod = 0.9;
    private const int PeriodsOfTrial = 2;
    private const int FewestOfTrial = 200;

    // What is without it, or without a shape, has errors so many times as large. One that has passed is kept as long as it is better at all.
    private const double Handicap = 1.2;

    // As fast as slots follow.
    private const double Slowest = 0.1;
    private const double Winsor = 4;

    private readonly SeasonalProfile _profile;
    private readonly int _slots;
    private readonly long _since;
    private Trial _trial;

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Trial
    {
        public int Buckets;
        public int Passed;
        public float Flat;
        public float Error;
        public float ErrorOfOthers;
        public float ErrorOfFlat;
    }

    /// <param name="period">Seconds.</param>
    /// <param name="on">What is known of the value without it.</param>
    /// <param name="since">Start of the first bucket that it learns, epoch seconds.</param>
    /// <param name="scale">The usual deviation of the series, above 0.</param>
    public FoundSeason(int period, ForecastSource on, long since, long span, double level, double scale)
        : this(period, on, since, SlotsOf(period, span), new SeasonalProfile(SlotsOf(period, span), on == ForecastSource.Level ? level : 0, scale))
    {
        _trial.Flat = on == ForecastSource.Level ? (float)level : 0;
    }

    private FoundSeason(int period, ForecastSource on, long since, int slots, SeasonalProfile profile) =>
        (Period, On, _since, _slots, _profile) = (period, on, since, slots, profile);

    /// <summary>Seconds.</summary>
    public int Period { get; }

    /// <summary>What it adds to.</summary>
    public ForecastSource On { get; }

    public long Bytes => BytesFor(_slots);

    /// <summary>What one of a period takes in memory: the object, a profile.</summary>
    public static long BytesFor(int period, long span) => BytesFor(SlotsOf(period, span));

    /// <summary>Whether it has passed a trial.</summary>
    public bool Passed => _trial.Passed > 0;

    /// <summary>The usual distance from it in its trial.</summary>
    public double Error => _trial.Error;

    /// <summary>What is expected of a bucket; nothing before it has passed.</summary>
    /// <param name="start">Epoch seconds.</param>
    /// <param name="shift">By how much the level lies above that of the profiles.</param>
    public Season At(long start, long span, in Season day, in Season week, double shift) => Passed ? Expect(start, span, day, week, shift) : Season.None;

    /// <summary>What of the value of a bucket the profile it adds to is not to learn.</summary>
    public double Share(long start, long span) => Passed && On != ForecastSource.Level && Season.Of(_profile, Slot(start, span), 0) is { Known: true } own ? own.Mean : 0;

    /// <summary>Learns the value of a bucket.</summary>
    /// <param name="others">What is expected without it, and the unit of distances.</param>
    /// <returns>Whether a trial is over, see <see cref="Decide"/>.</returns>
    public bool Learn(
        long start, long span, double value, in Season day, in Season week, double shift, (double Mean, double Scale) others, double floor, bool unclear)
    {
        var under = On == ForecastSource.Day ? day : week;
        if (On != ForecastSource.Level && !under.Known) return false;
        var cycles = (start - _since) / Period;
        var own = value - (On == ForecastSource.Level ? shift : under.Mean);
        if (start - _since >= MostOfPeriod * Period && Expect(start, span, day, week, shift) is { Known: true } season)
        {
            _trial.Buckets++;
            Note(ref _trial.Error, value - season.Mean);
            Note(ref _trial.ErrorOfOthers, value - others.Mean);
            Note(ref _trial.ErrorOfFlat, own - _trial.Flat);
        }
        _trial.Flat += (float)(Math.Max(Slowest, 1.0 / (cycles + 1)) / _slots * (own - _trial.Flat));
        _profile.Learn(Slot(start, span), own, cycles, floor, unclear);
        return _trial.Buckets >= FewestOfTrial && _trial.Buckets * span >= PeriodsOfTrial * Period;

        void Note(ref float error, double distance) =>
            error += (float)((Math.Min(Math.Abs(distance), Winsor * Winsor * others.Scale) - error) / _trial.Buckets);
    }

    /// <summary>Ends a trial; the next one begins.</summary>
    /// <returns>Whether it is of use.</returns>
    public bool Decide()
    {
        var handicap = Passed ? 1 : Handicap;
        var passed = handicap * _trial.Error < Math.Min(_trial.ErrorOfOthers, _trial.ErrorOfFlat);
        (_trial.Buckets, _trial.Passed) = (0, passed ? 1 : 0);
        return passed;
    }

    public FoundSeason Copy() => new(Period, On, _since, _slots, _profile.Copy()) { _trial = _trial };

    public void Write(ByteWriter writer)
    {
        writer.VarInt(Period);
        writer.Byte((byte)On);
        writer.VarInt(_since);
        writer.Raw<Trial>([_trial]);
        _profile.Write(writer);
    }

    public static FoundSeason Read(ref ByteReader reader, long span)
    {
        var (period, on, since, trial) = ((int)reader.VarInt(), (ForecastSource)reader.Byte(), reader.VarInt(), reader.Raw<Trial>());
        if (period <= 0 || on > ForecastSource.Week) throw new InvalidDataException("a found period is none");
        var slots = SlotsOf(period, span);
        return new FoundSeason(period, on, since, slots, SeasonalProfile.Read(ref reader, slots)) { _trial = trial };
    }

    private static long BytesFor(int slots) => 16 + (2 * 8) + (3 * 4) + Unsafe.SizeOf<Trial>() + 4 + SeasonalProfile.BytesFor(slots);

    private static int SlotsOf(int period, long span) => (int)Math.Clamp(period / span, 1, MostSlots);

    private Season Expect(long start, long span, in Season day, in Season week, double shift)
    {
        if (On == ForecastSource.Level) return Season.Of(_profile, Slot(start, span), shift);
        var under = On == ForecastSource.Day ? day : week;
        var own = Season.Of(_profile, Slot(start, span), 0);
        return under.Known && own.Known ? new Season(true, under.Mean + own.Mean, under.Mean + own.Low, under.Mean + own.High, own.Deviation) : Season.None;
    }

    // By the middle of a bucket.
    private int Slot(long start, long span)
    {
        var middle = start + (span / 2);
        return (int)((middle - BucketTime.Floor(middle, Period)) * _slots / Period);
    }
}
