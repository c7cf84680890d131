using System.Globalization;
using MlActors.Analysis;
using MlActors.Analysis.Categorization;

namespace MlActors.Quality.Synthetic;

/// <summary>Log lines of ten known messages with variables in them, the day's rhythm in their number.</summary>
internal static class Messages
{
    private static readonly DetectorSettings Count = SyntheticKind.Of("count", by: CategorizationSettings.CategoryField);
    private static readonly DetectorSettings Rare = SyntheticKind.Of("rare", by: CategorizationSettings.CategoryField);

    private static readonly string[] Known =
    [
        "Accepted password for {0} from {1} port {2} ssh2", "Connection closed by {1} port {2}",
        "GET /orders/{2} answered in {2} ms",
        "Worker {2} started with {2} threads", "Cache evicted {2} entries of host {1}", "User {0} changed the address of order {2}",
        "Replica {1} is in sync after {2} ms", "Backup of volume {2} finished without errors",
        "Invoice {2} sent to customer {0}", "Queue drained, {2} jobs done by {1}",
    ];

    private static readonly string[] New =
    [
        "Disk {2} reported an unrecoverable read error", "Kernel panic: unable to mount root device {2}", "Certificate of {1} expired, connection refused",
        "Out of memory: killed process {2} of {0}",
    ];

    private static readonly string[] Users = ["alice", "bob", "carol", "dave", "erin", "frank"];

    // That something small does not come is weak evidence in any one bucket, and weaker among ten.
    private static readonly Floor Weak = Floor.Common with { Recall = 0, Precision = 0 };

    public static IReadOnlyList<SyntheticKind> Kinds { get; } =
    [
        Of("count by mlcategory: known messages", Count),
        Of("rare by mlcategory: known messages", Rare),
        Of("count by mlcategory: a burst of a known one", Count, 3, incident => 3 * incident, usual => (5 * usual) + 20)
            with { Scores = Floor.Common with { Precision = 0.65 }, Alerts = Floor.Common with { Precision = 0.8 } },
        Of("count by mlcategory: a frequent one stops", Count, 12, incident => incident % 2, _ => 0) with { Scores = Weak, Alerts = Weak },
        Of("rare by mlcategory: a message that never came", Rare, 1, incident => Known.Length + incident, _ => 1),
    ];

    private static SyntheticKind Of(string name, DetectorSettings detector) => Of(name, detector, 0, _ => 0, usual => usual);

    /// <param name="culprit">The message of an incident, by its number.</param>
    /// <param name="wrong">How often that message comes in a row of it, by how often it usually would.</param>
    private static SyntheticKind Of(string name, DetectorSettings detector, int length, Func<int, int> culprit, Func<int, int> wrong) =>
        new(name, detector, c =>
        {
            // Messages come for the first time in their order, so that a message's category is its number.
            var incidents = length == 0 ? [] : Incident.InFourWeeks(c, length, i => (1 + culprit(i)).ToString(CultureInfo.InvariantCulture));
            return new(Records(), incidents);

            IEnumerable<SyntheticRecord> Records()
            {
                for (var row = 0; row < SyntheticKind.Length; row++)
                {
                    for (var message = 0; message < Known.Length + New.Length; message++)
                    {
                        var count = message < Known.Length ? Math.Max(row == 0 ? 1 : 0, c.Poisson(Rate(message, row))) : 0;
                        for (var i = 0; i < incidents.Length; i++)
                            if (incidents[i].Holds(row) && culprit(i) == message)
                                count = wrong(count);
                        for (var i = 0; i < count; i++) yield return new SyntheticRecord(row, What: Line(c, message));
                    }
                }
            }
        });

    // From twelve in a row on the average to one.
    private static double Rate(int message, int row) => 12.0 / (1 + message) * (1 + (0.5 * Math.Sin(2 * Math.PI * row / SyntheticKind.Day)));

    private static string Line(Chance c, int message) => string.Format(
        CultureInfo.InvariantCulture, message < Known.Length ? Known[message] : New[message - Known.Length],
        Users[c.Below(Users.Length)], $"10.{c.Below(250)}.{c.Below(250)}.{c.Below(250)}", c.Below(100_000));
}
