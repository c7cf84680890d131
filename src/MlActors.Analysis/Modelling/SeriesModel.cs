using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// The model of one series. Up to four forecasts run side by side — a slow and a fast level, the time of day, the time of week — and the one with
/// the smallest error of late is believed. Deviations from it, in units of the usual deviation, are judged by the tails seen so far.
/// Constant time and memory a bucket; every sum in one fixed order, so equal inputs give equal bits.
/// </summary>
internal sealed class SeriesModel
{
    /// <summary>Values to learn before anything is called unusual.</summary>
    public const int ReadyAfter = 12;

    /// <summary>Memory of a model without profiles.</summary>
    public const long BaseBytes = 184;

    private const int ProfilesAfter = 20;
    private const double Youth = 30;
    private const double SlowRate = 0.01;
    private const double FastRate = 0.5;
    private const double DayRate = 0.1;
    private const double WeekRate = 0.2;
    private const double ProfileHandicap = 1.05;

    private long _known;
    private int _seen;
    private long _first;
    private Level _slow;
    private Level _fast;
    private Tail _up = new();
    private Tail _down = new();
    private SeasonalProfile? _day;
    private SeasonalProfile? _week;

    public long Bytes => BaseBytes + (_day?.Bytes ?? 0) + (_week?.Bytes ?? 0);

    /// <summary>What is expected of the bucket starting at <paramref name="start"/>. Changes nothing.</summary>
    public Expectation Expect(ModelShape shape, long start)
    {
        if (_known == 0) return new Expectation(double.NaN, 1, Ready: false, _up, _down, shape.IsCount);
        var (value, scale, error) = _fast.Error < _slow.Error
            ? (_fast.Mean, Math.Max(_fast.Error, 0.5 * _fast.Deviation), _fast.Error)
            : (_slow.Mean, _slow.Error, _slow.Error);
        Consider(_day);
        Consider(_week);
        scale = Math.Max(scale, shape.Floor(value)) * Math.Sqrt(1 + (Youth / _known));
        return new Expectation(value, scale, _known >= ReadyAfter, _up, _down, shape.IsCount);

        void Consider(SeasonalProfile? profile)
        {
            if (profile is null || profile.Error * ProfileHandicap >= error || !profile.TryExpect(start, shape.Span, out var expected, out var deviation)) return;
            (value, scale, error) = (expected, (0.7 * deviation) + (0.3 * profile.Error), profile.Error);
        }
    }

    /// <summary>Learns the value of a bucket, after <see cref="Expect"/> of the same bucket.</summary>
    /// <param name="seen">Whether the bucket had records; empty ones alone earn a series no profiles.</param>
    /// <param name="memory">Asked before a profile is allocated.</param>
    public void Learn(ModelShape shape, long start, double value, in Expectation expected, bool seen, MemoryBudget memory)
    {
        if (_known == 0) _first = start;
        if (seen && _seen < ProfilesAfter) _seen++;
        if (_known >= 2)
        {
            var deviation = (value - expected.Value) / expected.Scale;
            _up.Learn(deviation, _known);
            _down.Learn(-deviation, _known);
        }
        var floor = shape.Floor(_known == 0 ? value : expected.Value);
        if (_seen == ProfilesAfter) LearnSeasons(shape, start, value, expected, floor, memory);
        _slow.Learn(value, _known, SlowRate, shape.ErrorRate, floor);
        _fast.Learn(value, _known, FastRate, shape.ErrorRate, floor);
        _known++;
    }

    public void Write(ByteWriter writer)
    {
        writer.VarInt(_known);
        writer.VarInt(_seen);
        writer.VarInt(_first);
        _slow.Write(writer);
        _fast.Write(writer);
        _up.Write(writer);
        _down.Write(writer);
        writer.Bool(_day is not null);
        _day?.Write(writer);
        writer.Bool(_week is not null);
        _week?.Write(writer);
    }

    public static SeriesModel Read(ref ByteReader reader, ModelShape shape)
    {
        var model = new SeriesModel { _known = reader.VarInt(), _seen = (int)reader.VarInt(), _first = reader.VarInt() };
        model._slow = Level.Read(ref reader);
        model._fast = Level.Read(ref reader);
        model._up = Tail.Read(ref reader);
        model._down = Tail.Read(ref reader);
        if (reader.Bool()) model._day = SeasonalProfile.Read(ref reader, ModelShape.Day, shape.DaySlots);
        if (reader.Bool()) model._week = SeasonalProfile.Read(ref reader, ModelShape.Week, shape.WeekSlots);
        return model;
    }

    private void LearnSeasons(ModelShape shape, long start, double value, in Expectation expected, double floor, MemoryBudget memory)
    {
        if (_day is null && shape.DaySlots > 0 && memory.TryTakeForDay(SeasonalProfile.BytesFor(shape.DaySlots)))
            _day = new SeasonalProfile(ModelShape.Day, shape.DaySlots, _slow.Mean, start);
        if (_week is null && shape.WeekSlots > 0 && start - _first >= ModelShape.Day && memory.TryTakeForWeek(SeasonalProfile.BytesFor(shape.WeekSlots)))
            _week = new SeasonalProfile(ModelShape.Week, shape.WeekSlots, _slow.Mean, start);
        var reach = 4 * expected.Scale;
        var (low, high) = (expected.Value - reach, expected.Value + reach);
        _day?.Learn(start, shape.Span, value, DayRate, shape.ErrorRate, floor, low, high);
        _week?.Learn(start, shape.Span, value, WeekRate, shape.ErrorRate, floor, low, high);
    }
}
