namespace MlActors.Jobs.Datafeeds;

/// <summary>What a datafeed was started to read.</summary>
/// <param name="Number">Of this run among those of the job's datafeeds; what another run reports or sends is not taken.</param>
/// <param name="StartMs">Epoch milliseconds, inclusive; it goes on later when the job has that data already.</param>
/// <param name="EndMs">Epoch milliseconds, exclusive; <c>null</c> to go on in real time.</param>
/// <param name="StartedMs">When it was started, wall-clock epoch milliseconds.</param>
public sealed record DatafeedRun(long Number, long StartMs, long? EndMs, long StartedMs)
{
    /// <summary>
    /// Whether time itself reaches the end. Then the job's time goes there too, with or without data: so that its results do not depend on how often it was
    /// looked before, nor on who died meanwhile.
    /// </summary>
    public bool EndsInRealTime => EndMs > StartedMs;
}

/// <summary>The states of a datafeed in the API. A stop takes effect at once, so that nobody ever sees it on the way.</summary>
public enum DatafeedState { Stopped, Starting, Started }
