namespace MlActors.Quality.Synthetic;

/// <summary>A stream of chance that is the same everywhere for a seed (SplitMix64, Steele et al. 2014), with the distributions of the suites.</summary>
public sealed class Chance(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    // Seeds are mixed: the streams of states that lie whole steps apart are the same stream, begun earlier or later.
    private ulong _state = Mixed(seed * Step);

    /// <summary>In [0, 1).</summary>
    public double Uniform() => (Mixed(_state += Step) >> 11) * (1.0 / (1UL << 53));

    public int Below(int count) => (int)(Uniform() * count);

    /// <summary>Standard normal (Box and Muller).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    public double Exponential() => -Math.Log(1 - Uniform());

    /// <summary>Student's t.</summary>
    public double Student(int freedom)
    {
        var squares = 0.0;
        for (var i = 0; i < freedom; i++) squares += Math.Pow(Normal(), 2);
        return Normal() / Math.Sqrt(squares / freedom);
    }

    /// <summary>Gamma distributed, of scale 1 (Marsaglia and Tsang 2000).</summary>
    /// <param name="shape">At least 1.</param>
    public double Gamma(double shape)
    {
        var d = shape - (1.0 / 3);
        while (true)
        {
            var x = Normal();
            var cube = Math.Pow(1 + (x / Math.Sqrt(9 * d)), 3);
            if (cube > 0 && Math.Log(1 - Uniform()) < (0.5 * x * x) + (d * (1 - cube + Math.Log(cube)))) return d * cube;
        }
    }

    /// <summary>Number of events whose rate varies: mean <paramref name="mean"/>, variance mean + mean²/<paramref name="size"/>.</summary>
    /// <param name="size">At least 1.</param>
    public int NegativeBinomial(double mean, double size) => Poisson(mean / size * Gamma(size));

    /// <summary>Number of events at a mean rate (Knuth; a normal approximation above 500).</summary>
    public int Poisson(double mean)
    {
        if (mean > 500) return (int)Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * Normal())));
        var (limit, count, product) = (Math.Exp(-mean), 0, Uniform());
        for (; product > limit; product *= Uniform()) count++;
        return count;
    }

    private static ulong Mixed(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
