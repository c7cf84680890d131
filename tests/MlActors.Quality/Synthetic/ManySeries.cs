using MlActors.Analysis;

namespace MlActors.Quality.Synthetic;

/// <summary>Many series, each judged by its own past: what one shows once in a month, one of a thousand shows every few buckets.</summary>
internal static class ManySeries
{
    private static readonly DetectorSettings Mean = SyntheticKind.Of("mean", "value", by: "who");

    // The record and its alert are critical; the bucket, in which any of a hundred might have been, is a little less.
    private static readonly Floor OfOne = Floor.Common with { Recall = 0.65, Precision = 0.75 };

    public static IReadOnlyList<SyntheticKind> Kinds { get; } =
    [
        Of("a hundred series, normal", 100, Normal),
        Of("a hundred series, log-normal", 100, LogNormal),
        Of("a thousand series, normal", 1000, Normal),
        Of("a thousand series, log-normal", 1000, LogNormal),
        Of("a hundred series, one 12 deviations higher", 100, Normal, wrong: 1) with { Scores = OfOne, Alerts = OfOne },
        Of("a hundred series, ten 12 deviations higher", 100, Normal, wrong: 10),
    ];

    private static double Normal(Chance c) => 100 + (5 * c.Normal());

    private static double LogNormal(Chance c) => Math.Exp(1 + (0.6 * c.Normal()));

    /// <param name="wrong">How many of them an incident concerns.</param>
    private static SyntheticKind Of(string name, int series, Func<Chance, double> value, int wrong = 0) => new(name, Mean, c =>
    {
        string[] names = [.. Enumerable.Range(0, series).Select(one => $"series-{one}")];
        var incidents = wrong == 0 ? [] : Incident.InFourWeeks(c, 3, wrong == 1 ? i => names[First(i)] : null);
        return new(Records(), incidents);

        IEnumerable<SyntheticRecord> Records()
        {
            for (var row = 0; row < SyntheticKind.Length; row++)
            {
                var incident = Array.FindIndex(incidents, one => one.Holds(row));
                for (var one = 0; one < series; one++)
                {
                    var isWrong = incident >= 0 && one >= First(incident) && one < First(incident) + wrong;
                    yield return new SyntheticRecord(row, value(c) + (isWrong ? 60 : 0), names[one]);
                }
            }
        }
    });

    private static int First(int incident) => 20 * incident;
}
