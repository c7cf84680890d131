using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// All that a series remembers besides its seasonal profiles, in one block without references: saved and restored as its bytes, and copied to judge
/// a value without learning it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct SeriesState
{
    /// <summary>A series with that many values counts half of what one with many would.</summary>
    public const int Youth = 100;

    // Before that many values the usual error, the unit of distances, means nothing.
    private const int UnitKnown = 8;

    // Weights of a new value in the slow level, and in the errors by which forecasts compete.
    private const double SlowRate = 0.01;
    private const double ErrorRate = 0.005;

    // A profile has to be this many times better than the level.
    private const double ProfileHandicap = 1.15;

    // Errors count as at most this many usual ones, so that one incident does not change what is usual.
    private const double Winsor = 4;

    // How fast envelopes forget: those of an hour see one bucket in 24.
    private const double HourDecay = 0.001;
    private const double GlobalDecay = 0.0002;

    private int _known;
    private float _last;
    private float _slow;
    private float _fast;
    private float _smooth;
    private float _errorLevel;
    private float _errorDay;
    private float _errorWeek;
    private float _errorFound;
    private float _residualShort;
    private float _residualLong;
    private float _surpriseLong;
    private float _multi;

    private HourEnvelopes _valueByHour;
    private HourEnvelopes _smoothByHour;
    private HourEnvelopes _logByHour;
    private LevelEnvelopes _valueByLast;
    private Envelope _value;
    private Envelope _residual;
    private Envelope _residualShortRange;
    private Envelope _residualLongRange;
    private Widths _valueByHourWidths;
    private Widths _smoothByHourWidths;
    private Widths _logByHourWidths;
    private Widths _valueByLastWidths;

    private TwoTails _innovation;
    private TwoTails _distance;
    private TwoTails _residualShortTails;
    private TwoTails _surpriseLongTails;
    private OwnTail _strength;
    private EventMemory _events;
    private LevelWatch _watch;

    // Buckets that the slow level has in it: since the beginning or the last change.
    private int _settled;

    /// <summary>The sum of the widths of the envelopes of a kind, and how many there are.</summary>
    private struct Widths
    {
        private float _sum;
        private int _count;

        public readonly double Mean => _count == 0 ? 0 : _sum / _count;

        public void Learn(ref Envelope envelope, double value)
        {
            if (envelope.IsEmpty) _count++;
            _sum += (float)envelope.Learn(value, HourDecay);
        }
    }

    public SeriesState(in YoungSeries young)
    {
        for (var hour = 0; hour < 24; hour++) _valueByHour[hour] = _smoothByHour[hour] = _logByHour[hour] = new Envelope();
        for (var level = 0; level < 16; level++) _valueByLast[level] = new Envelope();
        _residual = _residualShortRange = _residualLongRange = new Envelope();
        _value = new Envelope(young.Low, young.High);
        _strength = new OwnTail();
        _watch = new LevelWatch();
        _known = _settled = young.Known;
        _slow = (float)young.Mean;
        _last = _fast = _smooth = (float)young.Last;
        _errorLevel = (float)young.Deviation;
    }

    /// <summary>How many values were learnt.</summary>
    public readonly int Known => _known;

    /// <summary>The slow level.</summary>
    public readonly double Level => _slow;

    /// <summary>A found period has passed its trial and competes with the others from now on.</summary>
    /// <param name="error">The usual distance from it.</param>
    public void BeginFound(double error) => _errorFound = (float)error;

    /// <summary>Whether the level may be changing.</summary>
    public readonly bool Suspects(ModelShape shape) => _watch.Suspects(shape.ShortestChange);

    /// <summary>How far the values of late lie from what was expected.</summary>
    public readonly double Offset => _residualLong;

    /// <summary>Mean absolute distance from the slow level.</summary>
    public readonly double LevelError => _errorLevel;

    /// <summary>What is expected by that of the forecasts which was the best of late: the slow level or a profile.</summary>
    public readonly Forecast Expect(in Seasons seasons)
    {
        var forecast = new Forecast(_slow, _slow, _slow, _errorLevel, _errorLevel);
        Consider(seasons.Day, _errorDay, ForecastSource.Day);
        Consider(seasons.Week, _errorWeek, ForecastSource.Week);
        Consider(seasons.Found, _errorFound, ForecastSource.Found);
        return forecast;

        void Consider(in Season season, double error, ForecastSource source)
        {
            if (season.Known && error > 0 && error * ProfileHandicap < forecast.Error)
                forecast = new Forecast(season.Mean, season.Low, season.High, season.Deviation, error, source);
        }
    }

    /// <summary>Judges the value of a bucket by all that was seen before, then learns it.</summary>
    /// <param name="actual">The value.</param>
    /// <param name="origin">What all that is remembered is relative to.</param>
    /// <param name="afterGap">Whether there was no value for long: what was seen last is then no measure of this one.</param>
    /// <param name="watched">Number of the bucket if changes of the level are to be looked for, <c>null</c> if not yet.</param>
    /// <param name="change">Set when the level is found to have changed: by how much, and since when.</param>
    public Judgement Take(ModelShape shape, double actual, double origin, in Seasons seasons, Side side, bool afterGap, int? watched, out LevelWatch.Change? change)
    {
        var known = _known;
        var value = actual - origin;
        var forecast = Expect(seasons);
        if (afterGap) (_last, _fast, _smooth) = ((float)value, (float)value, (float)value);
        var floor = shape.Floor(actual);
        var scale = forecast.Scale(floor);
        var residual = value - forecast.Mean;
        var standardised = forecast.Distance(value, scale);
        var smooth = _smooth + (0.4 * (value - _smooth));
        var residualShort = _residualShort + (Rate(0.15) * (residual - _residualShort));
        var residualLong = _residualLong + (Rate(0.05) * (residual - _residualLong));
        var log = Math.Log(Math.Abs(actual) + scale) * (actual < 0 ? -1 : 1);
        var innovation = value - _fast;
        var surpriseLong = _surpriseLong + (Rate(0.05) * (standardised - _surpriseLong));

        var youth = (known + 1.0) / (known + 1 + Youth); // Everything is new to a young series.
        var strength = new Strength(side, residual);
        // Novelty: outside of all that was seen in the same context, in widths of what is usually seen.
        var hour = shape.Slots.Hour;
        var before = hour == 0 ? 23 : hour - 1;
        var after = hour == 23 ? 0 : hour + 1;
        var own = _valueByHour[hour].Outside(value);
        strength.Novelty(1, own, _valueByHourWidths.Mean + floor);
        strength.Novelty(1.5, Nearest(own, _valueByHour[before], _valueByHour[after], value), _valueByHourWidths.Mean + floor);
        strength.Novelty(7.5, _value.Outside(value), _value.Width + floor);
        strength.Novelty(1.5, _smoothByHour[hour].Outside(smooth), _smoothByHourWidths.Mean + floor, multi: true);
        strength.Novelty(7, _residual.Outside(residual), _residual.Width + floor);
        strength.Novelty(12.5, _residualShortRange.Outside(residualShort), _residualShortRange.Width + floor, multi: true);
        strength.Novelty(13.5, _residualLongRange.Outside(residualLong), _residualLongRange.Width + floor, multi: true);
        var cell = Cell(_last);
        strength.Novelty(1, _valueByLast[cell].Outside(value), _valueByLastWidths.Mean + floor);
        strength.Novelty(2.5, _logByHour[hour].Outside(log), _logByHourWidths.Mean + 1e-3);

        // Surprise: further out than the tail of this signal usually goes.
        strength.Surprise(_innovation.Surprise(innovation));
        strength.Surprise(_distance.Surprise(standardised));
        strength.Surprise(_residualShortTails.Surprise(residualShort), multi: true);
        strength.Surprise(_surpriseLongTails.Surprise(surpriseLong), multi: true);

        var combined = strength.Combined * youth;
        var logProbability = _strength.LogProbability(combined, known);
        var judgement = new Judgement(actual, forecast.Moved(origin), scale, _distance, combined, strength.Impact(_multi), logProbability,
            _events.Take(strength.Combined, youth, known, logProbability));

        change = watched is { } bucket ? Watch(bucket, value, forecast, scale, standardised, shape.IsFresh, shape.ShortestChange) : null;

        // Learn.
        var rate = Math.Clamp(2 / Math.Sqrt(known + 1), 0.02, 0.5);
        if (known >= UnitKnown)
        {
            _innovation.Learn(innovation, known, rate);
            _distance.Learn(standardised, known, rate);
            _residualShortTails.Learn(residualShort, known, rate);
            _surpriseLongTails.Learn(surpriseLong, known, rate);
        }
        _strength.Learn(combined, known);
        _valueByHourWidths.Learn(ref _valueByHour[hour], value);
        _smoothByHourWidths.Learn(ref _smoothByHour[hour], smooth);
        _logByHourWidths.Learn(ref _logByHour[hour], log);
        _valueByLastWidths.Learn(ref _valueByLast[cell], value);
        _value.Learn(value, GlobalDecay);
        _residual.Learn(residual, GlobalDecay);
        _residualShortRange.Learn(residualShort, GlobalDecay);
        _residualLongRange.Learn(residualLong, GlobalDecay);
        var error = Math.Max(ErrorRate, 1.0 / (known + 1));
        _errorLevel += (float)(error * (Winsorised(value - _slow, _errorLevel, floor, known) - _errorLevel));
        if (seasons.Day.Known) _errorDay = LearnError(_errorDay, value - seasons.Day.Mean, error, floor);
        if (seasons.Week.Known) _errorWeek = LearnError(_errorWeek, value - seasons.Week.Mean, error, floor);
        if (seasons.Found.Known) _errorFound = LearnError(_errorFound, value - seasons.Found.Mean, error, floor);
        _slow += (float)(Math.Max(SlowRate, 1.0 / (_settled + 1)) * (value - _slow));
        _fast += (float)(0.5 * (value - _fast));
        (_smooth, _residualShort, _residualLong, _surpriseLong) = ((float)smooth, (float)residualShort, (float)residualLong, (float)surpriseLong);
        (_last, _multi) = ((float)value, (float)strength.Multi);
        _known++;
        _settled++;
        if (change is { } found) Settle(found);
        return judgement;

        double Rate(double slowest) => Math.Max(slowest, 1.0 / (known + 1));
    }

    private LevelWatch.Change? Watch(int bucket, double value, in Forecast forecast, double scale, double distance, bool fresh, int shortest)
    {
        var before = new LevelWatch.Calm { LevelError = _errorLevel, DayError = _errorDay, WeekError = _errorWeek, FoundError = _errorFound, Strength = _strength };
        var expected = forecast.Source == ForecastSource.Level ? double.NaN : forecast.Mean;
        return _watch.Take(bucket, distance, value, expected, scale, fresh, shortest, _slow, before, out var change) ? change : null;
    }

    // The level moves at once, the rest of what it has not followed yet, and is then the mean of the values since. What the change made of the errors and
    // of the tail of the strength is forgotten: it was one event. What was usual by the hour is expected at the new level.
    private void Settle(in LevelWatch.Change change)
    {
        _slow += (float)(change.Step * Math.Pow(1 - SlowRate, change.Length));
        _settled = change.Length;
        (_errorLevel, _errorDay) = (change.Before.LevelError, change.Before.DayError);
        (_errorWeek, _errorFound) = (change.Before.WeekError, change.Before.FoundError);
        _strength = change.Before.Strength;
        for (var hour = 0; hour < 24; hour++)
        {
            _valueByHour[hour].Move(change.Step);
            _smoothByHour[hour].Move(change.Step);
        }
    }

    private static double Winsorised(double error, double usual, double floor, int known) =>
        known < 20 ? Math.Abs(error) : Math.Min(Math.Abs(error), Winsor * Math.Max(usual, floor));

    private static float LearnError(float known, double error, double rate, double floor) => known <= 0
        ? (float)Math.Max(Math.Abs(error), floor)
        : (float)Math.Max(known + (rate * (Math.Min(Math.Abs(error), Winsor * Math.Max(known, floor)) - known)), 1e-30);

    // How far outside of the nearest of three hours, of which those without values do not count.
    private static double Nearest(double own, in Envelope before, in Envelope after, double value)
    {
        var nearest = own;
        if (!before.IsEmpty && Math.Abs(before.Outside(value)) < Math.Abs(nearest)) nearest = before.Outside(value);
        if (!after.IsEmpty && Math.Abs(after.Outside(value)) < Math.Abs(nearest)) nearest = after.Outside(value);
        return nearest;
    }

    private readonly int Cell(double value) =>
        _value.IsEmpty || _value.Width <= 0 ? 0 : (int)Math.Clamp(16 * (value - _value.Low) / _value.Width, 0, 15);
}
