namespace MlActors.Jobs.Datafeeds;

/// <summary>How datafeeds behave when their source does not.</summary>
public sealed record DatafeedOptions
{
    /// <summary>A run with an end whose source has failed for this long without a break stops; its job stays open.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The pause after the first failure; it doubles with each.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(2);
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Data that came too late is looked for no more often than this.</summary>
    public TimeSpan DelayedCheckEvery { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The most data, by its time, that is read again to take in what came too late.</summary>
    public TimeSpan HealReplayMost { get; init; } = TimeSpan.FromHours(24);
}
