using System.Runtime.CompilerServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>A series with a full model: its state, and a daily and a weekly profile as far as its buckets are narrow enough and memory allows.</summary>
internal sealed class GrownSeries
{
    private readonly long _first;
    private readonly double _base;
    private SeriesState _state;
    private SeasonalProfile? _day;
    private SeasonalProfile? _week;

    public GrownSeries(in YoungSeries young)
    {
        (_first, _base) = (young.First, young.Base);
        _state = new SeriesState(young);
    }

    private GrownSeries(long first, double origin, in SeriesState state) => (_first, _base, _state) = (first, origin, state);

    /// <summary>The object without profiles.</summary>
    public static readonly long OwnBytes = 16 + (2 * 8) + (2 * 8) + Unsafe.SizeOf<SeriesState>();

    /// <summary>How many values were learnt.</summary>
    public int Known => _state.Known;

    public long Bytes => OwnBytes + (_day?.Bytes ?? 0) + (_week?.Bytes ?? 0);

    public Judgement Preview(ModelShape shape, double value, Side side)
    {
        var seasons = Seasons(shape);
        var copy = _state;
        return copy.Take(shape, value, _base, seasons, side);
    }

    public Judgement Take(ModelShape shape, double value, Side side, MemoryBudget memory)
    {
        var seasons = Seasons(shape);
        var judgement = _state.Take(shape, value, _base, seasons, side);
        LearnSeasons(shape, value, memory);
        return judgement;
    }

    public void Write(ByteWriter writer)
    {
        writer.VarInt(_first);
        writer.Double(_base);
        writer.Raw<SeriesState>([_state]);
        writer.Bool(_day is not null);
        _day?.Write(writer);
        writer.Bool(_week is not null);
        _week?.Write(writer);
    }

    public static GrownSeries Read(ref ByteReader reader, ModelShape shape)
    {
        var (first, origin) = (reader.VarInt(), reader.Double());
        var state = new SeriesState[1];
        reader.Raw<SeriesState>(state);
        var series = new GrownSeries(first, origin, state[0]);
        if (reader.Bool()) series._day = SeasonalProfile.Read(ref reader, shape.DaySlots);
        if (reader.Bool()) series._week = SeasonalProfile.Read(ref reader, shape.WeekSlots);
        return series;
    }

    private Seasons Seasons(ModelShape shape) => new(
        shape.Start - _first >= ModelShape.Day / 10 * 9 ? Season.Of(_day, shape.DaySlot) : Season.None,
        shape.Start - _first >= ModelShape.Week / 10 * 9 ? Season.Of(_week, shape.WeekSlot) : Season.None);

    private void LearnSeasons(ModelShape shape, double value, MemoryBudget memory)
    {
        // Their unit is the usual error at their beginning, which has to be known well by then.
        if (Known < SeriesState.Youth) return;
        var floor = shape.Floor(value);
        if (_day is null && shape.DaySlots > 0 && memory.TryTakeForDay(SeasonalProfile.BytesFor(shape.DaySlots)))
            _day = new SeasonalProfile(shape.DaySlots, _state.Level, Math.Max(_state.LevelError, floor));
        if (_week is null && shape.WeekSlots > 0 && memory.TryTakeForWeek(SeasonalProfile.BytesFor(shape.WeekSlots)))
            _week = new SeasonalProfile(shape.WeekSlots, _state.Level, Math.Max(_state.LevelError, floor));
        _day?.Learn(shape.DaySlot, value - _base, (shape.Start - _first) / ModelShape.Day, floor);
        _week?.Learn(shape.WeekSlot, value - _base, (shape.Start - _first) / ModelShape.Week, floor);
    }
}
