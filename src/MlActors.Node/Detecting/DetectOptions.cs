namespace MlActors.Node.Detecting;

/// <summary>What the user asked for; <c>null</c> and empty where the data decide.</summary>
internal sealed record DetectOptions
{
    public const string Auto = "auto";

    public required string Input { get; init; }
    public string? Time { get; init; }
    public string? TimeFormat { get; init; }
    public IReadOnlyList<string> Values { get; init; } = [];
    public IReadOnlyList<string> Functions { get; init; } = [];
    public string? By { get; init; }
    public string? Partition { get; init; }
    public string? Over { get; init; }
    public IReadOnlyList<string> Influencers { get; init; } = [];
    public string BucketSpan { get; init; } = Auto;
    public string? Job { get; init; }
    public string? Out { get; init; }
    public string? Report { get; init; }
    public int Top { get; init; }

    /// <summary>Columns that are taken for words, as far as they were given.</summary>
    public IEnumerable<string?> Splits => [By, Partition, Over, .. Influencers];

    /// <summary>Options that say what a job file says as well, as far as they were given.</summary>
    public IEnumerable<string> AgainstJob()
    {
        if (Time is not null) yield return "--time";
        if (TimeFormat is not null) yield return "--time-format";
        if (Values.Count > 0) yield return "--value";
        if (Functions.Count > 0) yield return "--function";
        if (By is not null) yield return "--by";
        if (Partition is not null) yield return "--partition";
        if (Over is not null) yield return "--over";
        if (Influencers.Count > 0) yield return "--influencer";
        if (BucketSpan is not Auto) yield return "--bucket-span";
    }
}
