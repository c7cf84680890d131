using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// How far deviations to one side usually go: a streaming 95 % quantile, and beyond it a Pareto tail whose index is Hill's estimate, shrunk
/// towards <see cref="PriorShape"/> as long as few exceedances were seen. (Peaks over threshold; Hill 1975.)
/// </summary>
internal struct Tail
{
    public const double Share = 0.05;
    private const double PriorShape = 5;
    private const double PriorWeight = 20;
    private const double Start = 2.5;
    private const double Lowest = 1;
    private const int MostExceedances = 200;

    private double _quantile;
    private double _hill;
    private int _exceedances;

    public Tail() => (_quantile, _hill) = (Start, 1 / PriorShape);

    /// <summary>The deviation exceeded by one bucket in twenty, in scales.</summary>
    public readonly double Quantile => _quantile;

    /// <summary>log10 of the probability of a deviation of at least this many scales to this side.</summary>
    public readonly double LogProbability(double deviation)
    {
        if (deviation < 0) return Math.Log10(1 - (0.5 * Math.Pow(10, deviation / _quantile)));
        if (deviation <= _quantile) return Math.Log10(0.5) - (deviation / _quantile);
        var shape = (_exceedances + PriorWeight) / ((_exceedances * _hill) + (PriorWeight / PriorShape));
        return Math.Log10(Share) - (shape * Math.Log10(deviation / _quantile));
    }

    /// <param name="known">How many values were learnt before.</param>
    public void Learn(double deviation, long known)
    {
        var rate = Math.Clamp(2 / Math.Sqrt(known + 1), 0.02, 0.2);
        if (deviation > _quantile)
        {
            _exceedances = Math.Min(_exceedances + 1, MostExceedances);
            _hill += (Math.Min(Math.Log(deviation / _quantile), 1) - _hill) / _exceedances;
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
        writer.Double(_hill);
        writer.VarInt(_exceedances);
    }

    public static Tail Read(ref ByteReader reader) => new() { _quantile = reader.Double(), _hill = reader.Double(), _exceedances = (int)reader.VarInt() };
}
