using System.Runtime.CompilerServices;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// How far a signal usually goes to one side: a streaming 95 % quantile and, beyond it, a Pareto tail whose shape is Hill's estimate, shrunk towards
/// <see cref="PriorShape"/> as long as few exceedances were seen (Siffer et al., KDD 2017; Hill 1975). Three floats.
/// </summary>
internal struct Tail
{
    public const double Share = 0.05;
    private const double PriorShape = 4;
    private const double PriorWeight = 20;
    private const int MostExceedances = 400;

    private float _quantile;
    private float _logExcess;
    private float _exceedances;

    /// <summary>A tail of which nothing is known but how far this share of the values goes.</summary>
    public Tail(double distance, double share) => _quantile = (float)(distance * Math.Pow(share / Share, 1 / PriorShape));

    /// <summary>The distance exceeded by one in twenty of the values on this side.</summary>
    public readonly double Quantile => _quantile;

    /// <summary>Shape of the tail, shrunk: P(distance &gt; u) = 0.05 (u / quantile)^−shape.</summary>
    public readonly double Shape => (_exceedances + PriorWeight) / ((_exceedances * _logExcess) + (PriorWeight / PriorShape));

    /// <summary>Decades by which a distance is rarer than one in twenty; 0 below the quantile.</summary>
    public readonly double Decades(double distance) => distance <= _quantile || _quantile <= 0 ? 0 : Shape * Math.Log10(distance / _quantile);

    /// <summary>
    /// log10 of the probability of a distance of at least this, given the side; falls all the way. Where nothing was ever seen on the side, one is taken
    /// for far.
    /// </summary>
    public readonly double LogProbability(double distance)
    {
        var quantile = _quantile > 0 ? _quantile : 1;
        return distance > quantile ? Math.Log10(Share) - (Shape * Math.Log10(distance / quantile)) : Math.Log10(Share) * distance / quantile;
    }

    /// <param name="rate">How fast the quantile follows.</param>
    public void Learn(double distance, double rate)
    {
        if (distance <= 0) return;
        if (_quantile <= 0)
        {
            _quantile = (float)distance;
            return;
        }
        if (distance > _quantile)
        {
            _exceedances = Math.Min(_exceedances + 1, MostExceedances);
            _logExcess += (float)((Math.Log(distance / _quantile) - _logExcess) / _exceedances);
            _quantile *= (float)(1 + (rate * (1 - Share)));
        }
        else
        {
            _quantile *= (float)(1 - (rate * Share));
        }
    }
}

/// <summary>The tails of a signal to both sides, and how often it goes up.</summary>
internal struct TwoTails
{
    private Tail _up;
    private Tail _down;
    private float _shareUp;

    public TwoTails(Tail up, Tail down) => (_up, _down, _shareUp) = (up, down, 0.5f);

    public readonly Tail Up => _up;

    public readonly Tail Down => _down;

    /// <summary>The share of signals that go up.</summary>
    public readonly double ShareUp => _shareUp;

    /// <summary>How surprising a signal is, in decades beyond one in twenty, with its sign.</summary>
    public readonly double Surprise(double signal)
    {
        ref readonly var tail = ref signal >= 0 ? ref Unsafe.AsRef(in _up) : ref Unsafe.AsRef(in _down);
        var distance = Math.Abs(signal);
        if (distance <= tail.Quantile || tail.Quantile <= 0) return 0;
        var share = Math.Clamp(signal >= 0 ? _shareUp : 1 - _shareUp, 0.01, 1);
        var decades = tail.Decades(distance) - Math.Log10(share);
        return signal >= 0 ? decades : -decades;
    }

    public void Learn(double signal, long known, double rate)
    {
        _shareUp += (float)(Math.Max(0.005, 1.0 / (known + 1)) * ((signal >= 0 ? 1 : 0) - _shareUp));
        if (signal >= 0) _up.Learn(signal, rate);
        else _down.Learn(-signal, rate);
    }
}
