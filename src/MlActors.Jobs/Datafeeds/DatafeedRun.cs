namespace MlActors.Jobs.Datafeeds;

/// <summary>What a datafeed was started to read.</summary>
/// <param name="Number">Of this run among those of the job's datafeeds; what another run reports or sends is not taken.</param>
/// <param name="StartMs">Epoch milliseconds, inclusive; it goes on later when the job has that data already.</param>
/// <param name="EndMs">Epoch milliseconds, exclusive; <c>null</c> to go on in real time.</param>
public sealed record DatafeedRun(long Number, long StartMs, long? EndMs);

/// <summary>The states of a datafeed in the API. A stop takes effect at once, so that nobody ever sees it on the way.</summary>
public enum DatafeedState { Stopped, Starting, Started }
