namespace MlActors.Quality.Synthetic;

/// <summary>A made-up series with buckets of five minutes and the stretches of it in which something is wrong.</summary>
/// <param name="Values">NaN where there is no record.</param>
/// <param name="Windows">In order; empty for a clean series.</param>
public sealed record SyntheticSeries(double[] Values, IReadOnlyList<RowRange> Windows)
{
    public const long Span = 300;
    public const int Day = 288;

    /// <summary>A Monday, 00:00 UTC.</summary>
    public const long Start = 1_748_822_400;
}

/// <summary>A kind of series. Every seed gives another one.</summary>
/// <param name="FirstRow">Rows before it only teach.</param>
/// <param name="Counts">Whether the values are numbers of records, to be analysed by <c>count</c>, and not measurements for <c>mean</c>.</param>
public sealed record SyntheticKind(string Name, int FirstRow, Func<Chance, SyntheticSeries> Make, bool Counts = false)
{
    /// <summary>Series in which nothing is wrong: noise of one distribution without any pattern.</summary>
    public static IReadOnlyList<SyntheticKind> Noise { get; } =
    [
        Clean("normal", (c, _) => 100 + (5 * c.Normal())),
        Clean("uniform", (c, _) => c.Uniform()),
        Clean("exponential", (c, _) => 10 * c.Exponential()),
        Clean("log-normal", (c, _) => Math.Exp(1 + (0.6 * c.Normal()))),
        Clean("Student, 3 degrees", (c, _) => c.Student(3)),
        Clean("Student, 5 degrees", (c, _) => c.Student(5)),
        Clean("gamma, shape 2", (c, _) => c.Gamma(2)),
        Clean("Pareto, shape 3", (c, _) => Math.Pow(1 - c.Uniform(), -1.0 / 3)),
        Clean("two modes", (c, _) => (c.Uniform() < 0.5 ? 10 : 50) + c.Normal()),
        Clean("few values", (c, _) => c.Below(6) switch { < 3 => 1, < 5 => 2, _ => 5 }),
        Clean("constant", (_, _) => 7),
        Clean("Poisson 50", (c, _) => c.Poisson(50), counts: true),
        Clean("Poisson 5", (c, _) => c.Poisson(5), counts: true),
        Clean("Poisson 0.5", (c, _) => c.Poisson(0.5), counts: true),
        Clean("Poisson 0.05", (c, _) => c.Poisson(0.05), counts: true),
        Clean("negative binomial 20, size 4", (c, _) => c.NegativeBinomial(20, 4), counts: true),
    ];

    /// <summary>Series in which nothing is wrong, with patterns.</summary>
    public static IReadOnlyList<SyntheticKind> Patterns { get; } =
    [
        Clean("daily, 3 % noise", (c, i) => Daily(i) + (3 * c.Normal())),
        Clean("daily, no noise", (_, i) => Daily(i)),
        Clean("daily counts", (c, i) => c.Poisson(Daily(i) / 4), counts: true),
        Clean("working days", (c, i) => (Weekday(i) < 5 ? Daily(i) : 20) + (3 * c.Normal())),
        Clean("trend", (c, i) => 100 + (0.01 * i) + (2 * c.Normal())),
        Clean("daily with trend", (c, i) => Daily(i) + (0.005 * i) + (3 * c.Normal())),
        Clean("gaps", (c, i) => i % 7 < 3 || c.Uniform() < 0.2 ? double.NaN : Daily(i) + (3 * c.Normal())),
        new("autoregressive, 0.98", SyntheticSeries.Day, c => new(Walk(c, 0.98), [])),
        new("random walk", SyntheticSeries.Day, c => new(Walk(c, 1), [])),
        Clean("clock changes by an hour", (c, i) => Daily(i + (i > 15 * SyntheticSeries.Day ? 12 : 0)) + (3 * c.Normal())),
    ];

    /// <summary>Series with labelled incidents in the last two of four weeks.</summary>
    public static IReadOnlyList<SyntheticKind> Incidents { get; } =
    [
        Labelled("spike on noise", 1, (c, _) => 100 + (5 * c.Normal()), (v, _) => v + 60),
        Labelled("dip on noise", 1, (c, _) => 100 + (5 * c.Normal()), (v, _) => v - 60),
        Labelled("spike of 3 times, daily", 1, (c, i) => Daily(i) + (3 * c.Normal()), (v, _) => 3 * v),
        Labelled("outage of an hour, daily", 12, (c, i) => Daily(i) + (3 * c.Normal()), (_, _) => 0),
        Labelled("day at night, daily", 24, (c, i) => Daily(i) + (3 * c.Normal()), (_, i) => Daily(i + (SyntheticSeries.Day / 2))),
        Labelled("working day at a week-end", 48, (c, i) => (Weekday(i) < 5 ? Daily(i) : 20) + (3 * c.Normal()), (v, i) => Weekday(i) < 5 ? 0 : Daily(i)),
        Labelled("rise of 15 % for 6 hours, daily", 72, (c, i) => Daily(i) + (3 * c.Normal()), (v, _) => v + 15),
        Labelled("spike on a trend", 1, (c, i) => 100 + (0.01 * i) + (2 * c.Normal()), (v, _) => v + 25),
        Labelled("four times the noise for 6 hours", 72, (c, _) => 100 + (5 * c.Normal()), (v, _) => 100 + (4 * (v - 100))),
        Labelled("burst of counts, Poisson 0.05", 2, (c, _) => c.Poisson(0.05), (_, _) => 8, counts: true),
        Labelled("outage of counts, daily", 12, (c, i) => c.Poisson(Daily(i) / 4), (_, _) => 0, counts: true),
        Labelled("spike between gaps", 2, (c, i) => i % 7 < 3 ? double.NaN : Daily(i) + (3 * c.Normal()), (v, _) => 3 * v),
    ];

    private const int Length = 28 * SyntheticSeries.Day;

    private static double Daily(int i) => 100 + (50 * Math.Sin(2 * Math.PI * (i % SyntheticSeries.Day) / SyntheticSeries.Day));

    private static int Weekday(int i) => i / SyntheticSeries.Day % 7;

    private static SyntheticKind Clean(string name, Func<Chance, int, double> value, bool counts = false) =>
        new(name, SyntheticSeries.Day, c => new([.. Enumerable.Range(0, Length).Select(i => value(c, i))], []), counts);

    // Four incidents: three days apart, at different times of the day.
    private static SyntheticKind Labelled(string name, int length, Func<Chance, int, double> value, Func<double, int, double> wrong, bool counts = false) =>
        new(name, 2 * SyntheticSeries.Day, c =>
        {
            var windows = new RowRange[4];
            for (var w = 0; w < windows.Length; w++)
            {
                var first = ((15 + (3 * w)) * SyntheticSeries.Day) + c.Below(SyntheticSeries.Day - length);
                windows[w] = new RowRange(first, first + length - 1);
            }
            return new(
                [.. Enumerable.Range(0, Length).Select(i => value(c, i) is var usual && windows.Any(w => w.Contains(i)) ? wrong(usual, i) : usual)],
                // An alert may come a little after.
                [.. windows.Select(w => new RowRange(w.First, w.Last + 3))]);
        }, counts);

    private static double[] Walk(Chance c, double memory)
    {
        var (values, value) = (new double[Length], 0.0);
        for (var i = 0; i < Length; i++) values[i] = value = (memory * value) + c.Normal();
        return values;
    }
}
