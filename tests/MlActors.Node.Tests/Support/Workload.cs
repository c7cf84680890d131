using System.Globalization;
using System.Text;

namespace MlActors.Node.Tests.Support;

/// <summary>The job of these tests and the records it gets: twelve pieces whose buckets reach from one piece into the next, and one spike.</summary>
internal static class Workload
{
    public const string Job = "shop";
    public const int RecordsPerPiece = 600;

    public const string Config = """
        {
          "analysis_config": {
            "bucket_span": "60s",
            "detectors": [{ "function": "mean", "field_name": "value", "partition_field_name": "host" }, { "function": "count" }],
            "influencers": ["host"]
          },
          "data_description": { "time_field": "time", "time_format": "epoch_ms" }
        }
        """;

    /// <summary>Snapshots after every third input, and no waiting for what wakes jobs up.</summary>
    public const string ServerConfig = """
        mlactors {
          log-level = warning
          jobs.checkpoint-after-inputs = 3
          watchdog.every = 1s
        }
        """;

    private const long Start = 1_700_006_430;
    private const int Hosts = 5;
    private const int SecondsBetween = 5;

    public static IReadOnlyList<string> Pieces { get; } = Generate(pieces: 12, RecordsPerPiece);

    public static IReadOnlyList<string> Generate(int pieces, int recordsPerPiece)
    {
        var random = new Random(7);
        var spike = (pieces * recordsPerPiece / Hosts * SecondsBetween * 4 / 5 / 60 * 60) - 30;
        return [.. Enumerable.Range(0, pieces).Select(piece =>
        {
            var text = new StringBuilder();
            for (var i = piece * recordsPerPiece; i < (piece + 1) * recordsPerPiece; i++)
            {
                var (second, host) = (i / Hosts * SecondsBetween, i % Hosts);
                var value = (10 * (host + 1)) + random.NextDouble() + (host == 2 && second >= spike && second < spike + 60 ? 500 : 0);
                text.Append(CultureInfo.InvariantCulture, $$"""{"time":{{(Start + second) * 1000}},"host":"host-{{host}}","value":{{value:F3}}}""").Append('\n');
            }
            return text.ToString();
        })];
    }
}
