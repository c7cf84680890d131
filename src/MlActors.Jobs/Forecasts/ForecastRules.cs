using System.Globalization;
using MlActors.Analysis;
using MlActors.Analysis.Forecasting;
using MlActors.Analysis.Results;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Forecasts;

/// <summary>What may be foretold, and what may not.</summary>
internal static class ForecastRules
{
    /// <summary>Of the memory that a job may take for its models, a forecast may take so much for its copies.</summary>
    private const double ShareOfLimit = 0.4;

    /// <summary>The memory that a request gets.</summary>
    public static long MemoryFor(StartForecast request, AnalysisSettings settings) => Math.Min(request.MaxMemory, (long)(settings.ModelMemoryLimit * ShareOfLimit));

    /// <summary>Why a request cannot be accepted; <c>null</c> when it can.</summary>
    /// <param name="analysedAll">Whether everything that was accepted is analysed.</param>
    public static string? Obstacle(StartForecast request, AnalysisSettings settings, JobStatus status, bool analysedAll)
    {
        var cannot = $"cannot forecast job [{request.JobId}]: ";
        if (request.Duration < settings.BucketSpan)
            return $"[duration] is {Seconds(request.Duration)}; it must be at least the bucket span of job [{request.JobId}], {Seconds(settings.BucketSpan)}";
        if (settings.Detectors.All(detector => Foretelling.Obstacle(detector) is not null))
            return cannot + string.Join("; ", settings.Detectors.Select(Omission));
        if (status.Counts.ProcessedRecords == 0) return cannot + "it has seen no data yet";
        if (analysedAll && status.Size.Timestamp is null) return cannot + "no bucket of it is finished yet; send more data, or advance its time with a flush";
        return MemoryObstacle(status.Size) is { } obstacle ? cannot + obstacle : null;
    }

    /// <summary>Why it cannot be made of an analysis; <c>null</c> when it can.</summary>
    /// <param name="maxPoints">How many points a forecast may have.</param>
    public static string? Obstacle(Forecast forecast, JobAnalysis analysis, long maxPoints)
    {
        if (MemoryObstacle(analysis.SizeStats) is { } full) return full;
        var bytes = analysis.ForecastBytes;
        if (bytes == 0) return "no series has been seen in enough buckets yet; send more data and ask again";
        if (bytes > forecast.MaxMemory)
        {
            return $"copies of the models take {Kilobytes(bytes)}, more than the {Kilobytes(forecast.MaxMemory)} of this forecast: raise [max_model_memory], " +
                "and [model_memory_limit] of the job if that is 40 % of it";
        }
        var buckets = forecast.Duration / forecast.BucketSpan;
        return analysis.ForecastSeries * buckets <= maxPoints ? null : string.Create(CultureInfo.InvariantCulture,
            $"{analysis.ForecastSeries} series of {buckets} buckets are more than the {maxPoints} points that a forecast may have: shorten [duration]");
    }

    /// <summary>Says of each detector that is not foretold why.</summary>
    public static IEnumerable<string> Omissions(AnalysisSettings settings) =>
        settings.Detectors.Where(detector => Foretelling.Obstacle(detector) is not null).Select(Omission);

    private static string Omission(DetectorSettings detector) =>
        string.Create(CultureInfo.InvariantCulture, $"detector {detector.Index} cannot be foretold: {Foretelling.Obstacle(detector)}");

    private static string? MemoryObstacle(ModelSizeStats size) => size.MemoryStatus == MemoryStatus.Ok
        ? null
        : $"its models are at their memory limit ({(size.MemoryStatus == MemoryStatus.SoftLimit ? "soft_limit" : "hard_limit")}); raise [model_memory_limit] of the job";

    private static string Seconds(long seconds) => TimeValue.Format(TimeSpan.FromSeconds(seconds));

    private static string Kilobytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{(bytes + 1023) / 1024}kb");
}
