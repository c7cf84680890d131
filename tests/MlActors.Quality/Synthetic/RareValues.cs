using MlActors.Analysis;

namespace MlActors.Quality.Synthetic;

/// <summary>Values of which some come often and some seldom (Zipf), ten records in a bucket, of one stream or of thirty members.</summary>
internal static class RareValues
{
    private const int Values = 25;
    private const int Members = 30;
    private const int RecordsOfARow = 10;

    private static readonly DetectorSettings Rare = SyntheticKind.Of("rare", by: "what");
    private static readonly DetectorSettings RareOver = SyntheticKind.Of("rare", by: "what", over: "who");
    private static readonly DetectorSettings FrequentRare = SyntheticKind.Of("freq_rare", by: "what", over: "who");

    // A value that is new after two weeks is critical as a record; its bucket has several values, of which one may be new, and is not.
    public static IReadOnlyList<SyntheticKind> Kinds { get; } =
    [
        Of("rare: known values", Rare),
        Of("rare: new values every day", Rare, newEvery: SyntheticKind.Day),
        Of("rare over: known values", RareOver),
        Of("freq_rare: known values", FrequentRare),
        Of("freq_rare: new values every day", FrequentRare, newEvery: SyntheticKind.Day),
        Of("rare: a value that never came", Rare, records: 1, culprit: What)
            with { Scores = Floor.Common with { Recall = 0 }, Alerts = Floor.Common with { Recall = 0.6 } },
        Of("rare over: a value that nobody had", RareOver, records: 1, culprit: Who)
            with { Scores = Floor.Common with { Recall = 0 }, Alerts = Floor.Common with { Recall = 0.3 } },
        Of("freq_rare: 40 records with a value of few", FrequentRare, newEvery: SyntheticKind.Day, records: 40, culprit: Who),
    ];

    /// <param name="newEvery">After so many rows a new value comes once, which is nothing wrong; 0 for never.</param>
    /// <param name="records">In an incident, with a value that nobody had.</param>
    /// <param name="culprit">Of an incident, by its number.</param>
    private static SyntheticKind Of(string name, DetectorSettings detector, int newEvery = 0, int records = 0, Func<int, string>? culprit = null) =>
        new(name, detector, c =>
        {
            var incidents = culprit is null ? [] : Incident.InFourWeeks(c, 1, culprit);
            return new(Records(), incidents);

            IEnumerable<SyntheticRecord> Records()
            {
                for (var row = 0; row < SyntheticKind.Length; row++)
                {
                    for (var i = 0; i < RecordsOfARow; i++) yield return new SyntheticRecord(row, Who: Member(c.Below(Members)), What: $"value-{Zipf(c)}");
                    if (newEvery > 0 && c.Below(newEvery) == 0) yield return new SyntheticRecord(row, Who: Member(c.Below(Members)), What: $"new-{row}");
                    for (var incident = 0; incident < incidents.Length; incident++)
                        for (var i = 0; i < records && incidents[incident].Holds(row); i++)
                            yield return new SyntheticRecord(row, Who: Who(incident), What: What(incident));
                }
            }
        });

    private static string Who(int incident) => Member(7 * incident);

    private static string What(int incident) => $"odd-{incident}";

    private static string Member(int member) => $"member-{member}";

    // About one in r of the most frequent: by inversion of the continuous distribution.
    private static int Zipf(Chance c) => (int)Math.Pow(Values, c.Uniform());
}
