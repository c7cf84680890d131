namespace MlActors.Analysis.Modelling;

/// <summary>
/// The tail of distances of which very many are seen: a streaming 98 % quantile and, beyond it, a generalised Pareto distribution of the excess
/// (Pickands 1975), by its mean and variance (Hosking and Wallis 1987), shrunk towards shape <see cref="PriorShape"/>. Unlike <see cref="Tail"/> it
/// becomes as light as an exponential one where the data are. Four floats.
/// </summary>
internal struct ExcessTail
{
    public const double Share = 0.02;
    private const double PriorShape = 0.1;
    private const double PriorWeight = 20;
    private const int MostExceedances = 1000;

    // The method of moments knows no heavier tails than 1/2; an excess counts as at most so many mean ones, so that one incident does not change what is usual.
    private const double HeaviestShape = 0.49;
    private const double Winsor = 20;

    private float _quantile;
    private float _mean;
    private float _square;
    private float _exceedances;

    /// <summary>The distance exceeded by one in fifty.</summary>
    public readonly double Quantile => _quantile;

    /// <summary>ξ of the excess: 0 for an exponential tail, up to 1/2 for a heavier one.</summary>
    public readonly double Shape
    {
        get
        {
            var variance = _square - ((double)_mean * _mean);
            var own = variance > 0 ? Math.Clamp((1 - (_mean * (double)_mean / variance)) / 2, 0, HeaviestShape) : 0;
            return ((_exceedances * own) + (PriorWeight * PriorShape)) / (_exceedances + PriorWeight);
        }
    }

    /// <summary>
    /// log10 of the probability of a distance of at least this, given the side; falls all the way. Where nothing was ever seen on the side, one is taken
    /// for far.
    /// </summary>
    public readonly double LogProbability(double distance)
    {
        var quantile = _quantile > 0 ? _quantile : 1;
        if (distance <= quantile) return Math.Log10(Share) * distance / quantile;
        // Without exceedances, those of an exponential distribution with this quantile.
        var mean = ((_exceedances * _mean) + (PriorWeight * quantile / 3)) / (_exceedances + PriorWeight);
        var shape = Shape;
        return Math.Log10(Share) - (double.LogP1(shape * (distance - quantile) / (mean * (1 - shape))) / shape / Math.Log(10));
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
        if (distance <= _quantile)
        {
            _quantile *= (float)(1 - (rate * Share));
            return;
        }
        var excess = distance - _quantile;
        if (_exceedances > 0) excess = Math.Min(excess, Winsor * _mean);
        _exceedances = Math.Min(_exceedances + 1, MostExceedances);
        _mean += (float)((excess - _mean) / _exceedances);
        _square += (float)(((excess * excess) - _square) / _exceedances);
        _quantile *= (float)(1 + (rate * (1 - Share)));
    }
}
