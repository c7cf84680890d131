using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>A forecast by an exponentially weighted mean. Its steps are winsorised, so that one incident does not become the expectation.</summary>
internal struct Level
{
    private const double Winsor = 4;
    private const double DeviationRate = 0.1;

    /// <summary>The forecast.</summary>
    public double Mean;

    /// <summary>Mean absolute deviation of the last ten buckets or so.</summary>
    public double Deviation;

    /// <summary>Mean absolute error over a longer time, by which forecasts compete.</summary>
    public double Error;

    /// <param name="known">How many values were learnt before.</param>
    /// <param name="rate">Weight of this value once the series is not young.</param>
    /// <param name="floor">The smallest deviation taken for real.</param>
    public void Learn(double value, long known, double rate, double errorRate, double floor)
    {
        if (known == 0)
        {
            Mean = value;
            return;
        }
        var youth = 1.0 / (known + 1);
        var residual = value - Mean;
        if (known >= 5)
        {
            var limit = Winsor * Math.Max(Deviation, floor);
            residual = Math.Clamp(residual, -limit, limit);
        }
        var distance = Math.Abs(residual);
        Error += Math.Max(errorRate, youth) * (distance - Error);
        Deviation += Math.Max(DeviationRate, youth) * (distance - Deviation);
        Mean += Math.Max(rate, youth) * residual;
    }

    public readonly void Write(ByteWriter writer)
    {
        writer.Double(Mean);
        writer.Double(Deviation);
        writer.Double(Error);
    }

    public static Level Read(ref ByteReader reader) => new() { Mean = reader.Double(), Deviation = reader.Double(), Error = reader.Double() };
}
