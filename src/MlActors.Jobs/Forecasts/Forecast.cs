using System.Collections.Immutable;

namespace MlActors.Jobs.Forecasts;

/// <summary>How far a forecast is.</summary>
public enum ForecastState { Scheduled, Started, Finished, Failed }

/// <summary>
/// A request for a forecast and what became of it; one row. Accepted when the row is durable; who owns the job while it is neither finished nor failed
/// makes it, from the beginning if another owner had begun. Sizes in bytes.
/// </summary>
public sealed record Forecast
{
    public required string JobId { get; init; }
    public required string ForecastId { get; init; }
    public ForecastState State { get; init; }

    /// <summary>How often it was begun. Who begins raises it, and from then on nobody else can write to the forecast.</summary>
    public long Run { get; init; }

    /// <summary>The newest input of the job when it was accepted: the forecast begins where that ends.</summary>
    public long InputSeq { get; init; }

    /// <summary>Width of a bucket, seconds.</summary>
    public long BucketSpan { get; init; }

    /// <summary>How far it looks, seconds.</summary>
    public long Duration { get; init; }

    /// <summary>What the copies of the models may take.</summary>
    public long MaxMemory { get; init; }

    /// <summary>Wall-clock epoch milliseconds; <see cref="ExpiresMs"/> is <c>null</c> for never.</summary>
    public long CreateMs { get; init; }
    public long? ExpiresMs { get; init; }

    /// <summary>Start of the first bucket foretold and end of the last, epoch seconds; <c>null</c> before it has begun.</summary>
    public long? Start { get; init; }
    public long? End { get; init; }

    /// <summary>The part that is done, 0 to 1, and the points written.</summary>
    public double Progress { get; init; }
    public long Records { get; init; }

    /// <summary>What the copies of the models take.</summary>
    public long Memory { get; init; }

    /// <summary>Wall-clock milliseconds spent on computing.</summary>
    public double ProcessingMs { get; init; }

    /// <summary>What was left out, and why it failed.</summary>
    public ImmutableArray<string> Messages { get; init; } = [];

    /// <summary>Whether nothing will change any more.</summary>
    public bool HasEnded => State is ForecastState.Finished or ForecastState.Failed;

    /// <summary>Whether it is to be shown no longer.</summary>
    public bool IsExpired(long nowMs) => ExpiresMs <= nowMs;

    /// <summary>The name of a state in the API.</summary>
    public static string Name(ForecastState state) => state switch
    {
        ForecastState.Scheduled => "scheduled",
        ForecastState.Started => "started",
        ForecastState.Finished => "finished",
        ForecastState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state"),
    };
}
