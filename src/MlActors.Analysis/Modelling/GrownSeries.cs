using System.Runtime.CompilerServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Forecasting;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>A series with a full model: its state, and a daily and a weekly profile as far as its buckets are narrow enough and memory allows.</summary>
internal sealed class GrownSeries
{
    // Buckets.
    private const int LongGap = 8;

    // So many do as well as days for knowing what else there is before a period is looked for.
    private const int LongWait = 1024;

    private readonly long _first;
    private readonly double _base;
    private SeriesState _state;

    // What changes of the level add up to: profiles and outlook are relative to it.
    private double _shift;
    private Outlook _outlook = new();
    private long _newest;
    private SeasonalProfile? _day;
    private SeasonalProfile? _week;
    private PeriodSearch? _search;
    private FoundSeason? _found;

    // How many values there have to be before a period is looked for again.
    private int _searchFrom = SeriesState.Youth;

    public GrownSeries(in YoungSeries young)
    {
        (_first, _base, _newest) = (young.First, young.Base, long.MaxValue);
        _state = new SeriesState(young);
    }

    private GrownSeries(long first, double origin, long newest, in SeriesState state, in Outlook outlook) =>
        (_first, _base, _newest, _state, _outlook) = (first, origin, newest, state, outlook);

    /// <summary>The object without profiles.</summary>
    public static readonly long OwnBytes = 16 + (4 * 8) + (4 * 8) + 8 + Unsafe.SizeOf<SeriesState>() + Unsafe.SizeOf<Outlook>();

    /// <summary>One with both profiles and a search for a period, which ends before the profile of one takes its place.</summary>
    public static long BytesFor(ModelShape shape) => OwnBytes
        + (shape.DaySlots > 0 ? SeasonalProfile.BytesFor(shape.DaySlots) : 0) + (shape.WeekSlots > 0 ? SeasonalProfile.BytesFor(shape.WeekSlots) : 0)
        + PeriodSearch.Bytes;

    /// <summary>How many values were learnt.</summary>
    public int Known => _state.Known;

    public long Bytes => CopyBytes + (_search is null ? 0 : PeriodSearch.Bytes);

    /// <summary>What a <see cref="Copy"/> takes.</summary>
    public long CopyBytes => OwnBytes + (_day?.Bytes ?? 0) + (_week?.Bytes ?? 0) + (_found?.Bytes ?? 0);

    public Judgement Preview(ModelShape shape, double value, Side side)
    {
        var seasons = Seasons(shape, shape.Start, shape.Slots);
        var copy = _state;
        return copy.Take(shape, value, _base, seasons, side, IsAfterGap(shape), Watched(shape), out _);
    }

    public Judgement Take(ModelShape shape, double value, Side side, MemoryBudget memory)
    {
        var seasons = Seasons(shape, shape.Start, shape.Slots);
        var judgement = _state.Take(shape, value, _base, seasons, side, IsAfterGap(shape), Watched(shape), out var change);
        _newest = shape.Start;
        if (change is { } found)
        {
            _shift += found.Step;
            _outlook.Move(found.First, found.Step, found.Length);
            seasons = Seasons(shape, shape.Start, shape.Slots);
            judgement = judgement with { Change = LevelChange.Of(found, _first + (found.First * shape.Span), _base) };
        }
        LearnSeasons(shape, value, seasons, memory);
        Search(shape, judgement, value, memory);
        var day = Math.Max(ModelShape.Day, shape.Span);
        _outlook.Learn(Bucket(shape), (int)((shape.Start - _first) / day), value - _base - _shift, _state.Offset,
            _outlook.Slope(day) * shape.Span, new UsualAhead(this, shape));
        return judgement;
    }

    /// <summary>What is to be expected of the bucket <paramref name="ahead"/> of the newest, and between which values it lies in nineteen of twenty cases.</summary>
    /// <param name="newest">Start of the newest bucket, epoch seconds.</param>
    /// <param name="ahead">Buckets, at least 1.</param>
    public (double Value, double Low, double High) Foretell(ModelShape shape, long newest, int ahead)
    {
        var time = newest + (ahead * shape.Span);
        var usual = _state.Expect(Seasons(shape, time, shape.SlotsOf(time)));
        var (offset, rise, error) = _outlook.At(ahead, Gaussian.DeviationOfMeanError * usual.Error);
        var value = _base + usual.Mean + (offset * _state.Offset) + (rise * _outlook.Slope(Math.Max(ModelShape.Day, shape.Span)) * shape.Span * ahead);
        // Wider at those times of the day at which the series scatters more, by as much as in judging.
        var reach = Gaussian.Nineteen * error * (usual.Error > 0 ? usual.Scale(0) / usual.Error : 1);
        return (value, value - reach, value + reach);
    }

    /// <summary>A copy that learning does not change.</summary>
    public GrownSeries Copy() =>
        new(_first, _base, _newest, _state, _outlook) { _shift = _shift, _day = _day?.Copy(), _week = _week?.Copy(), _found = _found?.Copy() };

    public void Write(ByteWriter writer)
    {
        writer.VarInt(_first);
        writer.Double(_base);
        writer.VarInt(_newest);
        writer.Double(_shift);
        writer.Raw<SeriesState>([_state]);
        writer.Raw<Outlook>([_outlook]);
        writer.Bool(_day is not null);
        _day?.Write(writer);
        writer.Bool(_week is not null);
        _week?.Write(writer);
        writer.VarInt(_searchFrom);
        writer.Bool(_search is not null);
        _search?.Write(writer);
        writer.Bool(_found is not null);
        _found?.Write(writer);
    }

    public static GrownSeries Read(ref ByteReader reader, ModelShape shape)
    {
        var (first, origin, newest, shift) = (reader.VarInt(), reader.Double(), reader.VarInt(), reader.Double());
        var series = new GrownSeries(first, origin, newest, reader.Raw<SeriesState>(), reader.Raw<Outlook>()) { _shift = shift };
        if (reader.Bool()) series._day = SeasonalProfile.Read(ref reader, shape.DaySlots);
        if (reader.Bool()) series._week = SeasonalProfile.Read(ref reader, shape.WeekSlots);
        series._searchFrom = (int)reader.VarInt();
        if (reader.Bool()) series._search = PeriodSearch.Read(ref reader);
        if (reader.Bool()) series._found = FoundSeason.Read(ref reader, shape.Span);
        return series;
    }

    // Before the day is known every one is full of changes; where buckets are narrow, it is so long that it does not matter.
    private int? Watched(ModelShape shape) =>
        Known >= SeriesState.Youth && (shape.DaySlots == 0 || shape.Start - _first >= 2 * ModelShape.Day) ? Bucket(shape) : null;

    private int Bucket(ModelShape shape) => (int)Math.Min((shape.Start - _first) / shape.Span, int.MaxValue / 2);

    // Of the first bucket after the series has grown up nothing is known; it is taken to follow the one before.
    private bool IsAfterGap(ModelShape shape) => _newest < shape.Start - (LongGap * shape.Span);

    private Seasons Seasons(ModelShape shape, long start, TimeSlots slots)
    {
        var day = start - _first >= ModelShape.Day / 10 * 9 ? Season.Of(_day, slots.Day, _shift) : Season.None;
        var week = start - _first >= ModelShape.Week / 10 * 9 ? Season.Of(_week, slots.Week, _shift) : Season.None;
        return new Seasons(day, week, _found is null ? Season.None : _found.At(start, shape.Span, day, week, _shift));
    }

    // Where a value is not exactly what is expected, there may be a period other than day and week.
    private void Search(ModelShape shape, in Judgement judgement, double value, MemoryBudget memory)
    {
        if (_search is null)
        {
            if (_found is not null || !MaySearch(shape, judgement, value) || !memory.TryTakeForPeriod(PeriodSearch.Bytes)) return;
            _search = new PeriodSearch();
        }
        var floor = shape.Floor(value);
        var goesOn = _search.Take(Bucket(shape), value - _base - _shift, Math.Max(_state.LevelError, floor), shape.Span, out var period);
        if (period > 0 && _found is null && memory.TryTakeForPeriod(FoundSeason.BytesFor(period, shape.Span)))
            _found = Try(shape, period, ForecastSource.Level, Math.Max(judgement.Expected.Error, floor));
        if (!goesOn) EndSearch(memory);
    }

    private FoundSeason Try(ModelShape shape, int period, ForecastSource on, double scale) =>
        new(period, on, shape.Start + shape.Span, shape.Span, _state.Level - _shift, scale);

    private bool MaySearch(ModelShape shape, in Judgement judgement, double value) => Known >= _searchFrom
        && judgement.Expected.Error > 2 * shape.Floor(value)
        && (shape.DaySlots == 0 || shape.Start - _first >= ModelShape.Day / 2 * 3 || Known >= LongWait);

    private void EndSearch(MemoryBudget memory)
    {
        if (_search is null) return;
        _search = null;
        memory.GiveBack(PeriodSearch.Bytes);
        // What has become of the series by then is another one.
        _searchFrom = 2 * Known;
    }

    private void LearnFound(FoundSeason found, ModelShape shape, double value, in Seasons seasons, double floor, bool unclear, MemoryBudget memory)
    {
        var others = _state.Expect(seasons with { Found = Season.None });
        if (!found.Learn(shape.Start, shape.Span, value, seasons.Day, seasons.Week, _shift, (others.Mean, others.Scale(floor)), floor, unclear)) return;
        var before = found.Passed;
        if (found.Decide())
        {
            if (before) return;
            _state.BeginFound(found.Error);
            EndSearch(memory);
            return;
        }
        // By itself it does not explain enough; with the day, or the week, it may.
        if (!before && found.On == ForecastSource.Level && others.Source != ForecastSource.Level)
        {
            _found = Try(shape, found.Period, others.Source, Math.Max(others.Error, floor));
            return;
        }
        _search?.Reject(found.Period);
        _found = null;
        memory.GiveBack(found.Bytes);
        _searchFrom = Math.Max(_searchFrom, Known + SeriesState.Youth);
    }

    private void LearnSeasons(ModelShape shape, double value, in Seasons seasons, MemoryBudget memory)
    {
        // Their unit is the usual error at their beginning, which has to be known well by then.
        if (Known < SeriesState.Youth) return;
        var floor = shape.Floor(value);
        if (_day is null && shape.DaySlots > 0 && memory.TryTakeForDay(SeasonalProfile.BytesFor(shape.DaySlots)))
            _day = new SeasonalProfile(shape.DaySlots, _state.Level - _shift, Math.Max(_state.LevelError, floor));
        if (_week is null && shape.WeekSlots > 0 && memory.TryTakeForWeek(SeasonalProfile.BytesFor(shape.WeekSlots)))
            _week = new SeasonalProfile(shape.WeekSlots, _state.Level - _shift, Math.Max(_state.LevelError, floor));
        var unclear = _state.Suspects(shape);
        var own = value - _base - _shift - (_found?.Share(shape.Start, shape.Span) ?? 0);
        _day?.Learn(shape.Slots.Day, own, (shape.Start - _first) / ModelShape.Day, floor, unclear);
        _week?.Learn(shape.Slots.Week, own, (shape.Start - _first) / ModelShape.Week, floor, unclear);
        if (_found is not null) LearnFound(_found, shape, value - _base, seasons, floor, unclear, memory);
    }

    private readonly struct UsualAhead(GrownSeries series, ModelShape shape) : IUsual
    {
        public double At(int ahead)
        {
            var start = shape.Start + (ahead * shape.Span);
            return series._state.Expect(series.Seasons(shape, start, ahead == 1 ? shape.NextSlots : shape.SlotsOf(start))).Mean - series._shift;
        }
    }
}
