using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Forecasts;

/// <summary>Asks for a forecast from where the data accepted before it ends. Answered with <see cref="ForecastAccepted"/> when the request is durable.</summary>
/// <param name="ForecastId">Chosen by the sender, unique.</param>
/// <param name="Duration">How far to look, seconds.</param>
/// <param name="ExpiresInMs">How long it is kept; <c>null</c> for ever.</param>
/// <param name="MaxMemory">What the copies of the models may take, bytes; the job may allow less.</param>
public sealed record StartForecast(string JobId, string ForecastId, long Duration, long? ExpiresInMs, long MaxMemory) : JobMessage(JobId);

public sealed record ForecastAccepted(string JobId, string ForecastId) : JobReply(JobId);

/// <summary>Removes forecasts that are finished or failed. Answered with <see cref="Done"/> when their rows are gone.</summary>
/// <param name="Expression">Ids and wildcards, separated by commas; <c>_all</c> for all.</param>
/// <param name="AllowNone">Whether it is fine when all, or a wildcard, stands for none.</param>
public sealed record RemoveForecasts(string JobId, string Expression, bool AllowNone) : JobMessage(JobId);
