using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Jobs.Datafeeds;

/// <summary>Up to where a datafeed's data is in the input log of its job.</summary>
/// <param name="NextMs">Epoch milliseconds: every record of the range before it is.</param>
/// <param name="Cursor">What the source said to go on with; <c>null</c> when the time is enough.</param>
public sealed record DatafeedPosition(long NextMs, string? Cursor);

/// <summary>
/// How a datafeed stands; part of the row of its job and so written together with the data that it is about. Times are epoch milliseconds.
/// </summary>
public sealed record DatafeedStatus
{
    public required string DatafeedId { get; init; }
    public DatafeedState State { get; init; }

    /// <summary>The end of the run under way; <c>null</c> when it goes on in real time, or is stopped.</summary>
    public long? EndMs { get; init; }

    /// <summary>Why it stopped by itself.</summary>
    public string? StopReason { get; init; }

    /// <summary>Where the next run goes on; <c>null</c> before the first page, and when the model went back.</summary>
    public DatafeedPosition? Position { get; init; }
    public DatafeedProgress Progress { get; init; } = new();

    /// <summary>Late data that was taken in; <c>null</c> when none ever was.</summary>
    public HealedData? Healed { get; init; }
}

/// <summary>What a datafeed has done, as it tells it itself. Times are epoch milliseconds, durations milliseconds.</summary>
public sealed record DatafeedProgress
{
    public long Searches { get; init; }
    public double SearchMs { get; init; }

    /// <summary>Exponential average of the time that searching an hour of data takes.</summary>
    public double? SearchMsPerHour { get; init; }

    /// <summary>Whether it has caught up and waits for new data.</summary>
    public bool RealTime { get; init; }

    /// <summary>The range that is being read, or was read last.</summary>
    public long? RangeFromMs { get; init; }
    public long? RangeToMs { get; init; }

    /// <summary>Whether any of its runs found a record.</summary>
    public bool FoundData { get; init; }

    /// <summary>Looks in real time, one after another, that found nothing.</summary>
    public long EmptySearches { get; init; }

    /// <summary>What keeps it from going on at the moment.</summary>
    public string? Trouble { get; init; }
    public long? TroubleSinceMs { get; init; }

    /// <summary>Data that came too late, as it was found last.</summary>
    public DelayedData? Delayed { get; init; }
}

/// <summary>Records that the source has now and the job did not get.</summary>
/// <param name="Records">How many.</param>
/// <param name="FromMs">Start of the first bucket that lacks any.</param>
/// <param name="ToMs">End of the last one.</param>
/// <param name="FoundMs">When they were found.</param>
public sealed record DelayedData(long Records, long FromMs, long ToMs, long FoundMs)
{
    /// <summary>Why they were not taken in, though that was asked for.</summary>
    public string? NotHealed { get; init; }

    /// <param name="late">Sorted by time, at least one.</param>
    public static DelayedData Of(IReadOnlyList<LateBucket> late, long spanMs, long nowMs) =>
        new(late.Sum(bucket => bucket.Records - bucket.Seen), late[0].StartMs, late[^1].StartMs + spanMs, nowMs);
}

/// <summary>A finished bucket of which the source has more now than the job has seen.</summary>
/// <param name="Records">What the source has.</param>
/// <param name="Seen">What the job got.</param>
public sealed record LateBucket(long StartMs, long Records, long Seen);

/// <summary>Late data that was taken in by going back.</summary>
/// <param name="Times">How often that happened.</param>
/// <param name="Last">What was found the last time.</param>
/// <param name="SnapshotId">The model snapshot that was gone back to.</param>
/// <param name="FromMs">From where on the source was read again.</param>
/// <param name="Buckets">Buckets that were healed, with the counts for which they were, sorted by time; those that may still be looked at.</param>
public sealed record HealedData(long Times, DelayedData Last, string SnapshotId, long FromMs, IReadOnlyList<SourceCount> Buckets);
