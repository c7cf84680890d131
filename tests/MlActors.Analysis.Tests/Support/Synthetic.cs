using MlActors.Analysis.Input;

namespace MlActors.Analysis.Tests.Support;

/// <summary>Synthetic series from a small generator of its own, the same on every machine and runtime.</summary>
public sealed class Noise(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Uniform in (0, 1).</summary>
    public double Uniform()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (((z ^ (z >> 31)) >> 11) + 0.5) / (1UL << 53);
    }

    /// <summary>By the product of uniform numbers (Knuth); for small means.</summary>
    public int Poisson(double mean)
    {
        var (count, product, end) = (-1, 1.0, Math.Exp(-mean));
        while (product > end)
        {
            product *= Uniform();
            count++;
        }
        return count;
    }

    public double Gaussian() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());
}

public static class Synthetic
{
    /// <summary>One record a bucket: a metric named <c>value</c>.</summary>
    public static IEnumerable<RecordsInput> Inputs(AnalysisSettings settings, IEnumerable<(long Time, double Value)> points) =>
        points.Chunk(1000).Select(chunk =>
        {
            var batch = new RecordBatch(settings.Schema, chunk.Length, [.. chunk.Select(p => p.Time)], [Column.OfNumbers([.. chunk.Select(p => p.Value)])], default);
            return new RecordsInput(batch);
        });

    /// <summary>A day's shape like a web shop's: quiet nights, a broad day, an evening peak; noise in proportion.</summary>
    public static double Shop(long time)
    {
        var hour = time % 86400 / 3600.0;
        return 100 + (300 * Math.Exp(-Math.Pow((hour - 13) / 4, 2))) + (250 * Math.Exp(-Math.Pow((hour - 20) / 1.5, 2)));
    }
}
