using MlActors.Analysis.Forecasting;
using MlActors.Analysis.Results;

namespace MlActors.Quality.Synthetic;

/// <summary>A kind of series of which the fifth week is foretold from the first four.</summary>
/// <param name="Make">Five weeks of buckets of five minutes: what comes, and what of it is no noise (NaN where there is no such thing).</param>
public sealed record ForecastKind(string Name, Func<Chance, IEnumerable<(double Value, double Expected)>> Make)
{
    private const int Day = SyntheticKind.Day;

    private const double CommonError = 1.25;
    private const double CommonAgainstNaive = 0.9;
    private const double CommonCoverage = 0.998;

    /// <summary>Most error, see <see cref="ForecastRun"/>.</summary>
    public double MostError { get; init; } = CommonError;

    /// <summary>Most error against the naive forecast.</summary>
    public double MostAgainstNaive { get; init; } = CommonAgainstNaive;

    /// <summary>Bounds that hold less often are too narrow,</summary>
    public double LeastCoverage { get; init; } = 0.85;

    /// <summary>that hold more often, too wide.</summary>
    public double MostCoverage { get; init; } = CommonCoverage;

    /// <summary>Whether less is asked than elsewhere.</summary>
    public bool IsWeakSpot => MostError > CommonError || MostAgainstNaive > CommonAgainstNaive || MostCoverage > CommonCoverage;

    public static IReadOnlyList<ForecastKind> All { get; } =
    [
        Of("noise", _ => 100),
        Of("daily", Daily),
        Of("working days", i => i / Day % 7 < 5 ? Daily(i) : 20) with { MostError = 1.6, MostAgainstNaive = 1.1, MostCoverage = 1 },
        Of("trend", i => 100 + (0.02 * i)),
        Of("daily with trend", i => Daily(i) + (0.01 * i)),
        Of("daily, level shift in the fourth week", i => Daily(i) + (i > 24 * Day ? 60 : 0)) with { MostCoverage = 1 },
        Of("batch every 90 minutes", i => i % 18 < 6 ? 60 : 0),
        Of("batch every 100 minutes, daily", i => Daily(i) + (i % 20 < 6 ? 60 : 0)) with { MostCoverage = 1 },
        Of("wave of 6 hours", i => Wave(i, 72)),
        Of("wave of 3.5 days", i => Wave(i, 1008)) with { MostCoverage = 1 },
        Of("wave of 2.5 days", i => Wave(i, 720)) with { MostCoverage = 1 },
        new("daily counts", c => Rows.Select(i => ((double)c.Poisson(Daily(i) / 4), Daily(i) / 4))),
        new("random walk", c =>
        {
            var value = 0.0;
            return Rows.Select(_ => (value += c.Normal(), double.NaN));
        }) { MostAgainstNaive = 1.1, LeastCoverage = 0.8 },
    ];

    private static IEnumerable<int> Rows => Enumerable.Range(0, SyntheticKind.Length + (7 * Day));

    private static ForecastKind Of(string name, Func<int, double> expected) => new(name, c => Rows.Select(i => (expected(i) + (3 * c.Normal()), expected(i))));

    private static double Daily(int i) => Wave(i, Day);

    private static double Wave(int i, int period) => 100 + (50 * Math.Sin(2 * Math.PI * (i % period) / period));
}

/// <summary>How good forecasts of a week are.</summary>
/// <param name="Error">Root mean square error, in that of a forecast which knows all but the noise; NaN without noise.</param>
/// <param name="AgainstNaive">The same, in that of the forecast "as a week ago".</param>
/// <param name="Coverage">Share of the values within the bounds, which are meant for 0.95.</param>
public sealed record ForecastRun(ForecastKind Kind, double Error, double AgainstNaive, double Coverage)
{
    private const int Week = 7 * SyntheticKind.Day;

    public IEnumerable<string> Missed
    {
        get
        {
            if (Error > Kind.MostError) yield return FormattableString.Invariant($"error {Error:F2} > {Kind.MostError} of the noise");
            if (!(AgainstNaive <= Kind.MostAgainstNaive))
                yield return FormattableString.Invariant($"error {AgainstNaive:F2} > {Kind.MostAgainstNaive} of \"as a week ago\"");
            if (!(Coverage >= Kind.LeastCoverage && Coverage <= Kind.MostCoverage))
                yield return FormattableString.Invariant($"coverage {Coverage:F3} not in [{Kind.LeastCoverage}, {Kind.MostCoverage}]");
        }
    }

    public static ForecastRun Of(ForecastKind kind, int seeds)
    {
        var (error, naive, noise, within, all) = (0.0, 0.0, 0.0, 0, 0);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var series = kind.Make(new Chance((ulong)seed)).ToArray();
            var row = SyntheticKind.Length;
            foreach (var point in Foretell(series[..row]))
            {
                var (value, expected) = series[row];
                error += Math.Pow(value - point.Prediction, 2);
                naive += Math.Pow(value - series[row - Week].Value, 2);
                noise += Math.Pow(value - expected, 2);
                if (value >= point.Lower && value <= point.Upper) within++;
                all++;
                row++;
            }
        }
        return new ForecastRun(kind, Math.Sqrt(error / noise), Math.Sqrt(error / naive), (double)within / all);
    }

    private static IEnumerable<ForecastPoint> Foretell((double Value, double Expected)[] series)
    {
        var kind = new SyntheticKind("", SyntheticKind.Of("mean", "value"), _ => new([], []));
        var records = series.Select((point, row) => new SyntheticRecord(row, point.Value));
        return SyntheticRun.Learn(kind.Settings, kind.Start, series.Length, records, new List<BucketResult>()).PlanForecast().Points(Week * SyntheticKind.Span);
    }
}
