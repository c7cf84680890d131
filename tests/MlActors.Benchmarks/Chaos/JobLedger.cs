using System.Text;

namespace MlActors.Benchmarks.Chaos;

internal enum StepKind
{
    Open,
    Post,
    Flush,
    FlushInterim,
    Close,
    ForceClose,
}

/// <param name="First">The number of the first record of a post.</param>
/// <param name="Count">Of records.</param>
internal readonly record struct Step(StepKind Kind, int First = 0, int Count = 0);

/// <summary>What a job has acknowledged, in this order, since it was created or reset.</summary>
internal sealed class JobLedger(string job, int seed)
{
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

    private const long Start = 1_700_006_430;
    private const int Hosts = 3;
    private const int SecondsBetween = 5;
    private readonly List<Step> _steps = [];

    public string Job => job;

    public int Seed => seed;

    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>Of all posts.</summary>
    public int Records { get; private set; }

    public void Add(Step step)
    {
        _steps.Add(step);
        Records += step.Count;
    }

    /// <summary>Records as NDJSON: the same for the same seed and numbers, with a spike now and then.</summary>
    public string Body(Step post)
    {
        var text = new StringBuilder();
        for (var i = post.First; i < post.First + post.Count; i++)
        {
            var noise = ((uint)HashOf(i) % 1000) / 1000.0;
            var spike = (uint)HashOf((i / 600) + 7_000_000) % 5 == 0 && i % 600 < 36 && i % Hosts == 1 ? 500 : 0;
            text.Append(Text.Of($$"""{"time":{{(Start + (i / Hosts * SecondsBetween)) * 1000}},"host":"host-{{i % Hosts}}","value":{{(10 * ((i % Hosts) + 1)) + noise + spike:F3}}}""")).Append('\n');
        }
        return text.ToString();
    }

    private int HashOf(int number)
    {
        unchecked
        {
            var hash = ((uint)number * 2654435761u) ^ ((uint)seed * 2246822519u);
            hash = (hash ^ (hash >> 15)) * 3266489917u;
            return (int)(hash ^ (hash >> 13));
        }
    }
}
