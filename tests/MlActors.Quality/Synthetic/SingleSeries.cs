using MlActors.Analysis;

namespace MlActors.Quality.Synthetic;

/// <summary>One series, judged by its own past.</summary>
internal static class SingleSeries
{
    private const int Day = SyntheticKind.Day;

    // Four weeks from this Monday on, clocks in Berlin go back by an hour: on the 21st day, 01:00 UTC.
    private const long BeforeClockChange = 1_759_708_800;
    private const string Zone = "Europe/Berlin";

    private static readonly DetectorSettings Mean = SyntheticKind.Of("mean", "value");
    private static readonly DetectorSettings Count = SyntheticKind.Of("count");

    /// <summary>Nothing is wrong: noise of one distribution without any pattern.</summary>
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

    /// <summary>Nothing is wrong, but there are patterns.</summary>
    public static IReadOnlyList<SyntheticKind> Patterns { get; } =
    [
        Clean("daily, 3 % noise", (c, i) => Daily(i) + (3 * c.Normal())),
        Clean("daily, no noise", (_, i) => Daily(i)),
        Clean("daily counts", (c, i) => c.Poisson(Daily(i) / 4), counts: true),
        Clean("daily sparse counts", (c, i) => c.Poisson(Daily(i) / 1000), counts: true),
        Clean("working days", (c, i) => (Weekday(i) < 5 ? Daily(i) : 20) + (3 * c.Normal())),
        Clean("trend", (c, i) => 100 + (0.01 * i) + (2 * c.Normal())),
        Clean("daily with trend", (c, i) => Daily(i) + (0.005 * i) + (3 * c.Normal())),
        Clean("gaps", (c, i) => i % 7 < 3 || c.Uniform() < 0.2 ? double.NaN : Daily(i) + (3 * c.Normal())),
        Wandering("autoregressive, 0.98", 0.98),
        Wandering("random walk", 1),
        Clean("clock change, smooth day, no zone", (c, i) => Daily(Berlin(i)) + (3 * c.Normal())) with { Start = BeforeClockChange },
        Clean("clock change, opening hours, no zone", (c, i) => Open(Berlin(i)) + (3 * c.Normal())) with { Start = BeforeClockChange },
        Clean("clock change, opening hours, zone", (c, i) => Open(Berlin(i)) + (3 * c.Normal())) with { Start = BeforeClockChange, TimeZone = Zone },
    ];

    /// <summary>Labelled incidents.</summary>
    public static IReadOnlyList<SyntheticKind> Incidents { get; } =
    [
        Labelled("spike on noise", 1, (c, _) => 100 + (5 * c.Normal()), (v, _) => v + 60),
        Labelled("dip on noise", 1, (c, _) => 100 + (5 * c.Normal()), (v, _) => v - 60),
        Labelled("spike of 3 times, daily", 1, (c, i) => Daily(i) + (3 * c.Normal()), (v, _) => 3 * v),
        Labelled("spike on a trend", 1, (c, i) => 100 + (0.01 * i) + (2 * c.Normal()), (v, _) => v + 25),
        Labelled("outage of an hour, daily", 12, (c, i) => Daily(i) + (3 * c.Normal()), (_, _) => 0),
        Labelled("day at night, daily", 24, (c, i) => Daily(i) + (3 * c.Normal()), (_, i) => Daily(i + (Day / 2)))
            with { Scores = Floor.Common with { Recall = 0.6 }, Alerts = Floor.Common with { Recall = 0.75 } },
        Labelled("day at night, clock change, zone", 24, (c, i) => Open(Berlin(i)) + (3 * c.Normal()), (v, _) => Closed + Opened - v)
            with { Start = BeforeClockChange, TimeZone = Zone, Scores = Floor.Common with { Recall = 0.5 } },
        Shifted("level shift on noise", 1, (c, _) => 100 + (5 * c.Normal())) with { Scores = Floor.Common with { Precision = 0.8 }, Alerts = Floor.Common with { Precision = 0.8 } },
        Shifted("level shift, daily", 1, (c, i) => Daily(i) + (5 * c.Normal())),
        Shifted("four level shifts on noise", 4, (c, _) => 100 + (5 * c.Normal()))
            with { Scores = Floor.Common with { Recall = 0.2, Precision = 0.8 }, Alerts = Floor.Common with { Recall = 0.55 } },
        Labelled("four times the noise for 6 hours", 72, (c, _) => 100 + (5 * c.Normal()), (v, _) => 100 + (4 * (v - 100)))
            with { Scores = Floor.Common with { Recall = 0.15, Precision = 0.8 }, Alerts = Floor.Common with { Recall = 0.6 } },
        Labelled("burst of counts, Poisson 0.05", 2, (c, _) => c.Poisson(0.05), (_, _) => 8, counts: true)
            with { Scores = Floor.Common with { Recall = 0.5 }, Alerts = Floor.Common with { Recall = 0.4 } },
        Labelled("outage of counts, daily", 12, (c, i) => c.Poisson(Daily(i) / 4), (_, _) => 0, counts: true)
            with { Scores = Floor.Common with { Recall = 0.4, Precision = 0.75 }, Alerts = Floor.Common with { Recall = 0.5, Precision = 0.7 } },
        Labelled("spike between gaps", 4, (c, i) => i % 7 < 3 ? double.NaN : Daily(i) + (3 * c.Normal()), (v, _) => 3 * v),
        Labelled("working day at a week-end", 48, (c, i) => (Weekday(i) < 5 ? Daily(i) : 20) + (3 * c.Normal()), (v, i) => Weekday(i) < 5 ? 0 : Daily(i))
            with { Scores = Floor.Common with { Recall = 0.05, Precision = 0.1 }, Alerts = Floor.Common with { Recall = 0.3, Precision = 0.4 } },
        Labelled("rise of 15 % for 6 hours, daily", 72, (c, i) => Daily(i) + (3 * c.Normal()), (v, _) => v + 15)
            with { Scores = Floor.Common with { Recall = 0 }, Alerts = Floor.Common with { Recall = 0.05 } },
    ];

    /// <summary>Periods that are neither a day nor a week.</summary>
    public static IReadOnlyList<SyntheticKind> Periods { get; } =
    [
        Clean("batch every 90 minutes", (c, i) => Batch(i, 18) + (3 * c.Normal())),
        Clean("batch every 100 minutes, daily", (c, i) => Daily(i) + Batch(i, 20) + (3 * c.Normal())),
        Clean("wave of 6 hours", (c, i) => Wave(i, 72) + (3 * c.Normal())),
        Clean("wave of 2.5 days", (c, i) => Wave(i, 720) + (3 * c.Normal())),
        Clean("wave of 3.5 days", (c, i) => Wave(i, 1008) + (3 * c.Normal())),
        Clean("counts, batch every 90 minutes", (c, i) => c.Poisson((10 + Batch(i, 18)) / 4), counts: true),
        Labelled("no batch for 90 minutes", 18, (c, i) => Batch(i, 18) + (3 * c.Normal()), (v, i) => v - Batch(i, 18))
            with { Scores = Floor.Common with { Recall = 0.15 }, Alerts = Floor.Common with { Recall = 0.45 } },
        Labelled("no batch for 100 minutes, daily", 20, (c, i) => Daily(i) + Batch(i, 20) + (3 * c.Normal()), (v, i) => v - Batch(i, 20))
            with { Scores = Floor.Common with { Recall = 0.15 }, Alerts = Floor.Common with { Recall = 0.15 } },
        Labelled("crest for trough, wave of 6 hours", 24, (c, i) => Wave(i, 72) + (3 * c.Normal()), (v, i) => v - Wave(i, 72) + Wave(i + 36, 72))
            with { Scores = Floor.Common with { Recall = 0.4 }, Alerts = Floor.Common with { Recall = 0.8 } },
        Labelled("spike, wave of 3.5 days", 1, (c, i) => Wave(i, 1008) + (3 * c.Normal()), (v, _) => v + 36)
            with { Scores = Floor.Common with { Recall = 0.3 }, Alerts = Floor.Common with { Recall = 0.45 } },
    ];

    private const double Opened = 150;
    private const double Closed = 30;

    private static double Daily(int i) => 100 + (50 * Math.Sin(2 * Math.PI * (i % Day) / Day));

    // Half an hour of work in every so many buckets. Of a shorter one that does not come nothing is said: it might be a few minutes late.
    private static double Batch(int i, int period) => i % period < 6 ? 60 : 0;

    private static double Wave(int i, int period) => 100 + (50 * Math.Sin(2 * Math.PI * (i % period) / period));

    private static double Open(int i) => i % Day is >= Day / 3 and < Day * 3 / 4 ? Opened : Closed;

    private static int Weekday(int i) => i / Day % 7;

    // Row of the clock on the wall: two hours before UTC, after the change one.
    private static int Berlin(int i) => i + (i < (20 * Day) + 12 ? 24 : 12);

    private static SyntheticKind Clean(string name, Func<Chance, int, double> value, bool counts = false) =>
        Clean(name, c => Enumerable.Range(0, SyntheticKind.Length).Select(i => value(c, i)), counts);

    private static SyntheticKind Clean(string name, Func<Chance, IEnumerable<double>> values, bool counts = false) =>
        new(name, counts ? Count : Mean, c => new(Records(values(c), counts), [])) { FirstRow = Day };

    private static SyntheticKind Wandering(string name, double memory) => Clean(name, c =>
    {
        var value = 0.0;
        return Enumerable.Range(0, SyntheticKind.Length).Select(_ => value = (memory * value) + c.Normal());
    });

    private static SyntheticKind Labelled(string name, int length, Func<Chance, int, double> value, Func<double, int, double> wrong, bool counts = false) =>
        new(name, counts ? Count : Mean, c =>
        {
            var incidents = Incident.InFourWeeks(c, length);
            return new(Records(Enumerable.Range(0, SyntheticKind.Length).Select(At), counts), incidents);

            double At(int i) => value(c, i) is var usual && incidents.Any(one => one.Holds(i)) ? wrong(usual, i) : usual;
        });

    // The level rises and stays there; the first hour is the incident.
    private static SyntheticKind Shifted(string name, int times, Func<Chance, int, double> value) => new(name, Mean, c =>
    {
        var incidents = Incident.InFourWeeks(c, 12)[..times];
        return new(Records(Enumerable.Range(0, SyntheticKind.Length).Select(At), counts: false), incidents);

        double At(int i) => value(c, i) + (60 * incidents.Count(one => i >= one.Window.First));
    });

    private static IEnumerable<SyntheticRecord> Records(IEnumerable<double> values, bool counts)
    {
        var row = 0;
        foreach (var value in values)
        {
            var records = counts ? (int)value : double.IsNaN(value) ? 0 : 1;
            for (var i = 0; i < records; i++) yield return new SyntheticRecord(row, value);
            row++;
        }
    }
}
