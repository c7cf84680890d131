using System.Runtime.InteropServices;

namespace MlActors.Analysis.Modelling;

/// <summary>A value, and how far it lies from what was expected.</summary>
/// <param name="Unit">
/// Of distances. Not less than the usual error at any time: how well a profile knows its deviations depends on the time of the day, and so would
/// otherwise, in all series alike, the sizes of residuals.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Residual(double Value, double Distance, double Unit)
{
    /// <summary>The residual of a value; <c>null</c> where numbers are too large for one.</summary>
    public static Residual? Of(in Judgement judgement)
    {
        var unit = Math.Max(judgement.Scale, judgement.Expected.Error);
        var distance = (judgement.Value - judgement.Expected.Mean) / unit;
        return unit > 0 && double.IsFinite(distance) ? new Residual(judgement.Value, distance, unit) : null;
    }
}

/// <summary>
/// How far two series go together: decayed second moments of their standardised residuals, and of how their values change from one common bucket to the next.
/// Residuals that wander slowly agree for a while by chance, and all of them shrink at the same times, when profiles learn; changes of values do not. These
/// agree where both follow the same day; residuals do not.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PairMoments
{
    // Weight of a new bucket, so that a correlation that ends is forgotten within some hundred buckets.
    private const double Rate = 0.005;

    // Residuals count as at most so many units, so that one incident makes no correlation.
    private const double Winsor = 5;

    // Nearer to 1, what is left unexplained would be rounding.
    private const double Closest = 0.999;

    // What the correlation of the changes has to be of that of the residuals: each has noise of its own, which counts twice in changes.
    private const double ShareOfChanges = 0.75;

    private int _common;
    private Products _levels;
    private Products _changes;
    private double _lastOwn;
    private double _lastOther;

    private struct Products
    {
        private float _own;
        private float _other;
        private float _both;

        public readonly double Correlation => _own <= 1e-12 || _other <= 1e-12 ? 0 : _both / Math.Sqrt((double)_own * _other);

        public readonly double Own => Math.Sqrt(_own);

        public readonly double Other => Math.Sqrt(_other);

        public void Learn(double own, double other, double rate)
        {
            _own += (float)(rate * ((own * own) - _own));
            _other += (float)(rate * ((other * other) - _other));
            _both += (float)(rate * ((own * other) - _both));
        }
    }

    /// <summary>In how many buckets both had values.</summary>
    public readonly int Common => _common;

    /// <summary>ρ of the residuals, from −0.999 to 0.999.</summary>
    public readonly double Correlation => Math.Clamp(_levels.Correlation, -Closest, Closest);

    /// <summary>Whether the residuals are correlated by at least this much, and the changes of values, in the same sense, nearly as much.</summary>
    public readonly bool Reaches(double least)
    {
        var (levels, changes) = (_levels.Correlation, _changes.Correlation);
        return Math.Abs(levels) >= least && changes * Math.Sign(levels) >= ShareOfChanges * least;
    }

    /// <summary>What is to be expected of the own residual when the other's is known: ρ z' s / s'.</summary>
    public readonly double Expect(double other) => _levels.Other <= 0 ? 0 : Correlation * Limited(other) * _levels.Own / _levels.Other;

    /// <summary>The usual distance from it: s √(1 − ρ²).</summary>
    public readonly double Unexplained => _levels.Own * Share;

    /// <summary>√(1 − ρ²).</summary>
    public readonly double Share => Math.Sqrt(1 - (Correlation * Correlation));

    public void Learn(in Residual own, in Residual other)
    {
        if (_common > 0)
        {
            var (change, otherChange) = ((own.Value - _lastOwn) / own.Unit, (other.Value - _lastOther) / other.Unit);
            _changes.Learn(Limited(change), Limited(otherChange), Math.Max(Rate, 1.0 / _common));
        }
        if (_common < int.MaxValue) _common++;
        _levels.Learn(Limited(own.Distance), Limited(other.Distance), Math.Max(Rate, 1.0 / _common));
        (_lastOwn, _lastOther) = (own.Value, other.Value);
    }

    private static double Limited(double residual) => Math.Clamp(residual, -Winsor, Winsor);
}
