using System.Runtime.InteropServices;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// How far two series go together: decayed second moments of their standardised residuals, and of how these change from one common bucket to the next.
/// Residuals that wander slowly agree for a while by chance; their changes do not.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PairMoments
{
    // Weight of a new bucket, so that a correlation that ends is forgotten within some hundred buckets.
    private const double Rate = 0.005;

    // Residuals count as at most so many scales, so that one incident makes no correlation.
    private const double Winsor = 5;

    // Nearer to 1, what is left unexplained would be rounding.
    private const double Closest = 0.999;

    private int _common;
    private Products _levels;
    private Products _changes;
    private float _lastOwn;
    private float _lastOther;

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

    /// <summary>Whether the residuals are correlated by at least this much, and their changes in the same sense at least half as much.</summary>
    public readonly bool Reaches(double least)
    {
        var (levels, changes) = (_levels.Correlation, _changes.Correlation);
        return Math.Abs(levels) >= least && changes * Math.Sign(levels) >= least / 2;
    }

    /// <summary>What is to be expected of the own residual when the other's is known: ρ z' s / s'.</summary>
    public readonly double Expect(double other) => _levels.Other <= 0 ? 0 : Correlation * Limited(other) * _levels.Own / _levels.Other;

    /// <summary>The usual distance from it: s √(1 − ρ²).</summary>
    public readonly double Unexplained => _levels.Own * Share;

    /// <summary>√(1 − ρ²).</summary>
    public readonly double Share => Math.Sqrt(1 - (Correlation * Correlation));

    /// <param name="own">In scales.</param>
    /// <param name="other">In scales.</param>
    public void Learn(double own, double other)
    {
        (own, other) = (Limited(own), Limited(other));
        if (_common > 0) _changes.Learn(own - _lastOwn, other - _lastOther, Math.Max(Rate, 1.0 / _common));
        if (_common < int.MaxValue) _common++;
        _levels.Learn(own, other, Math.Max(Rate, 1.0 / _common));
        (_lastOwn, _lastOther) = ((float)own, (float)other);
    }

    private static double Limited(double residual) => Math.Clamp(residual, -Winsor, Winsor);
}
