using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlActors.Analysis.Forecasting;

/// <summary>
/// How well a series can be foretold: at each of a few horizons one forecast is always on its way, and when its bucket comes, its error is noted. There
/// are three kinds of forecasts: what is usual at the time, that and the present distance from it, and both with the trend. So the width of a forecast,
/// and what of distance and trend is worth keeping, is measured and not assumed.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Outlook
{
    private const int Horizons = 4;
    private const int Kinds = 3;
    private const double SlowestRate = 0.1;
    private const double Decay = 2;

    // Fewer errors at a horizon say nothing; after some, one error counts at most as much as so many usual ones.
    private const int FewestErrors = 3;
    private const int Settled = 8;
    private const double Winsor = 4;

    // The simpler kind is kept unless the other's error is smaller by this.
    private const double Advantage = 0.9;

    // Means and trend as they are between unmeasured horizons: as of a random walk.
    private const double UnknownGrowth = 0.5;

    [InlineArray(Kinds)]
    private struct ByKind
    {
        private float _first;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Pending
    {
        public int Due;
        public int Known;
        public ByKind Forecast;
        public ByKind SquaredError;
    }

    [InlineArray(Horizons)]
    private struct ByHorizon
    {
        private Pending _first;
    }

    private ByHorizon _pending;
    private DailyMeans _days = new();

    public Outlook()
    {
    }

    /// <summary>By how much the series rises a second.</summary>
    /// <param name="day">Length of what counts as a day, seconds.</param>
    public readonly double Slope(long day) => _days.Slope / day;

    /// <summary>Buckets ahead.</summary>
    private static int Ahead(int horizon) => 1 << (3 * horizon);

    /// <summary>Compares the value of a bucket with what was forecast of it, and notes new forecasts.</summary>
    /// <param name="bucket">Its number, from 0, rising.</param>
    /// <param name="day">The number of its day, from 0.</param>
    /// <param name="offset">The present distance from what is usual.</param>
    /// <param name="rise">The trend, a bucket.</param>
    /// <param name="usual">What is usual so many buckets ahead.</param>
    public void Learn<TUsual>(int bucket, int day, double value, double offset, double rise, in TUsual usual)
        where TUsual : struct, IUsual
    {
        _days.Learn(day, value);
        for (var horizon = 0; horizon < Horizons; horizon++)
        {
            ref var pending = ref _pending[horizon];
            if (bucket < pending.Due) continue;
            if (bucket == pending.Due && bucket > 0) Compare(ref pending, value);
            var ahead = Ahead(horizon);
            var flat = usual.At(ahead);
            pending.Due = bucket + ahead;
            pending.Forecast[0] = (float)flat;
            pending.Forecast[1] = (float)(flat + offset);
            pending.Forecast[2] = (float)(flat + offset + (rise * ahead));
        }
    }

    /// <summary>
    /// The level has moved, and values from now on are relative to it. Forecasts of what is usual, made before, hold as they are; those made since knew the
    /// change in part and are made again.
    /// </summary>
    /// <param name="first">The number of the first bucket after it.</param>
    /// <param name="step">By how much the level is higher.</param>
    /// <param name="length">Buckets with a value since.</param>
    public void Move(int first, double step, int length)
    {
        _days.Move(step, length);
        for (var horizon = 0; horizon < Horizons; horizon++)
            if (_pending[horizon].Due - Ahead(horizon) >= first)
                _pending[horizon].Due = 0;
    }

    /// <summary>What becomes of distance and trend, and how wide a forecast is.</summary>
    /// <param name="ahead">Buckets ahead, at least 1.</param>
    /// <param name="spread">Root mean square error of one bucket ahead, where nothing was measured.</param>
    /// <returns>The shares of distance and trend that stay, and the root mean square error.</returns>
    public readonly (double Offset, double Rise, double Error) At(int ahead, double spread)
    {
        var last = Measured();
        if (last < 0) return (1, 0, spread * Math.Pow(ahead, UnknownGrowth));
        var place = Math.Log2(ahead) / 3;
        var below = Math.Min((int)place, last);
        if (below == last)
        {
            var error = Error(last);
            var growth = last == 0 ? UnknownGrowth : Math.Clamp(Math.Log2(error / Error(last - 1)) / 3, 0, 1);
            return (KeepsOffset(last), KeepsRise(last), error * Math.Pow(2, 3 * growth * (place - last)));
        }
        var (share, low, high) = (place - below, Error(below), Error(below + 1));
        return (Mix(KeepsOffset(below), KeepsOffset(below + 1)), Mix(KeepsRise(below), KeepsRise(below + 1)), low * Math.Pow(high / low, share));

        double Mix(double a, double b) => a + (share * (b - a));
    }

    // The last of the horizons that all have errors enough.
    private readonly int Measured()
    {
        var horizon = 0;
        while (horizon < Horizons && _pending[horizon].Known >= FewestErrors) horizon++;
        return horizon - 1;
    }

    private readonly double KeepsOffset(int horizon) => Best(horizon) > 0 ? 1 : 0;

    private readonly double KeepsRise(int horizon) => Best(horizon) > 1 ? 1 : 0;

    // What is far is not better known than what is near.
    private readonly double Error(int horizon)
    {
        var error = 1e-30;
        for (var i = 0; i <= horizon; i++) error = Math.Max(error, Math.Sqrt(_pending[i].SquaredError[Best(i)]));
        return error;
    }

    private readonly int Best(int horizon)
    {
        var best = 0;
        for (var kind = 1; kind < Kinds; kind++)
            if (_pending[horizon].SquaredError[kind] < Advantage * Advantage * _pending[horizon].SquaredError[best])
                best = kind;
        return best;
    }

    private static void Compare(ref Pending pending, double value)
    {
        // Later errors count more: the first were made before patterns were known (polynomial decay, Shamir and Zhang 2013).
        var rate = Math.Max(SlowestRate, (1 + Decay) / (pending.Known + 1 + Decay));
        for (var kind = 0; kind < Kinds; kind++)
        {
            ref var known = ref pending.SquaredError[kind];
            var error = value - pending.Forecast[kind];
            var square = error * error;
            if (pending.Known >= Settled) square = Math.Min(square, Winsor * Winsor * Math.Max(known, 1e-30));
            known += (float)(rate * (square - known));
        }
        if (pending.Known < int.MaxValue) pending.Known++;
    }
}

/// <summary>What is usual at a later time.</summary>
internal interface IUsual
{
    /// <param name="ahead">Buckets ahead.</param>
    double At(int ahead);
}
