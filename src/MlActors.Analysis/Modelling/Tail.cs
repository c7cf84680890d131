using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// How far deviations to one side usually go: a streaming 95 % quantile, and beyond it an exponential tail whose mean is the mean excess, shrunk
/// towards <see cref="PriorExcess"/> as long as few exceedances were seen. (Peaks over threshold with the generalised Pareto distribution's
/// middle case, shape 0; Pickands 1975.)
/// </summary>
internal struct Tail
{
    public const double Share = 0.05;

    // Both in scales, which are mean absolute deviations: of normal data the quantile is 2.06 and the mean excess 0.47.
    private const double PriorExcess = 0.7;
    private const double PriorWeight = 20;
    private const double Start = 2.5;
    private const double Lowest = 1;
    private const double LargestExcess = 50;
    private const int MostExceedances = 100;

    private double _quantile;
    private double _excess;
    private int _exceedances;

    public Tail() => (_quantile, _excess) = (Start, PriorExcess);

    /// <summary>The deviation exceeded by one bucket in twenty, in scales.</summary>
    public readonly double Quantile => _quantile;

    /// <summary>log10 of the probability of a deviation of at least this many scales to this side.</summary>
    public readonly double LogProbability(double deviation)
    {
        if (deviation < 0) return Math.Log10(1 - (0.5 * Math.Pow(10, deviation / _quantile)));
        if (deviation <= _quantile) return Math.Log10(0.5) - (deviation / _quantile);
        var mean = ((_exceedances * _excess) + (PriorWeight * PriorExcess)) / (_exceedances + PriorWeight);
        return Math.Log10(Share) - ((deviation - _quantile) / mean / Math.Log(10));
    }

    /// <param name="known">How many values were learnt before.</param>
    public void Learn(double deviation, long known)
    {
        var rate = Math.Clamp(2 / Math.Sqrt(known + 1), 0.02, 0.2);
        if (deviation > _quantile)
        {
            _exceedances = Math.Min(_exceedances + 1, MostExceedances);
            _excess += (Math.Min(deviation - _quantile, LargestExcess * Math.Max(_excess, 0.1)) - _excess) / _exceedances;
            _quantile *= 1 + (rate * (1 - Share));
        }
        else
        {
            _quantile = Math.Max(Lowest, _quantile * (1 - (rate * Share)));
        }
    }

    public readonly void Write(ByteWriter writer)
    {
        writer.Double(_quantile);
        writer.Double(_excess);
        writer.VarInt(_exceedances);
    }

    public static Tail Read(ref ByteReader reader) => new() { _quantile = reader.Double(), _excess = reader.Double(), _exceedances = (int)reader.VarInt() };
}
