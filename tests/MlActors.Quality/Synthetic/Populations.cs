using MlActors.Analysis;

namespace MlActors.Quality.Synthetic;

/// <summary>Forty members, judged by each other; in a bucket seven of ten are there.</summary>
internal static class Populations
{
    private const int Members = 40;
    private const double Presence = 0.7;

    private static readonly DetectorSettings Mean = SyntheticKind.Of("mean", "value", over: "who");
    private static readonly DetectorSettings Count = SyntheticKind.Of("count", over: "who");

    // One false event in two months is a fifth of what there is to find.
    private static readonly Floor FewFalse = Floor.Common with { Precision = 0.65 };

    public static IReadOnlyList<SyntheticKind> Kinds { get; } =
    [
        Of("members alike, mean", Mean, Normal),
        Of("members alike, mean, log-normal", Mean, LogNormal),
        Of("members alike, mean, daily", Mean, Daily),
        Of("members alike, counts", Count, (c, _) => c.Poisson(5)),
        Of("one member 12 deviations higher", Mean, Normal, 3, v => v + 60) with { Scores = FewFalse, Alerts = FewFalse },
        Of("one member 12 deviations lower", Mean, Normal, 3, v => v - 60) with { Scores = FewFalse, Alerts = FewFalse },
        Of("one member 20 times the others, log-normal", Mean, LogNormal, 6, v => 20 * v)
            with { Scores = new(0.3, 0.6, 1), Alerts = new(0.35, 0.5, 1) },
        Of("one member 20 times the others, daily", Mean, Daily, 6, v => 20 * v)
            with { Scores = FewFalse with { Recall = 0.7 }, Alerts = FewFalse with { Recall = 0.7 } },
        Of("one member sends 40 in place of 5", Count, (c, _) => c.Poisson(5), 3, _ => 40),
    ];

    private static double Normal(Chance c, int row) => 100 + (5 * c.Normal());

    private static double LogNormal(Chance c, int row) => Math.Exp(3 + (0.5 * c.Normal()));

    // All of them together follow the hour.
    private static double Daily(Chance c, int row) => Math.Exp(Math.Sin(2 * Math.PI * row / SyntheticKind.Day) + 3 + (0.3 * c.Normal()));

    private static SyntheticKind Of(string name, DetectorSettings detector, Func<Chance, int, double> value) => Of(name, detector, value, 0, v => v);

    private static SyntheticKind Of(string name, DetectorSettings detector, Func<Chance, int, double> value, int length, Func<double, double> wrong) =>
        new(name, detector, c =>
        {
            var incidents = length == 0 ? [] : Incident.InFourWeeks(c, length, i => Name(10 * i));
            return new(Records(), incidents);

            IEnumerable<SyntheticRecord> Records()
            {
                for (var row = 0; row < SyntheticKind.Length; row++)
                {
                    for (var member = 0; member < Members; member++)
                    {
                        var (who, usual) = (Name(member), value(c, row));
                        var isWrong = incidents.Any(one => one.Holds(row) && one.Culprit == who);
                        if (!isWrong && c.Uniform() >= Presence) continue;
                        var actual = isWrong ? wrong(usual) : usual;
                        var records = detector == Count ? (int)actual : 1;
                        for (var i = 0; i < records; i++) yield return new SyntheticRecord(row, actual, who);
                    }
                }
            }
        });

    private static string Name(int member) => $"member-{member}";
}
