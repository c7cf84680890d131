using System.Collections.Frozen;
using System.Data.Common;
using MlActors.Jobs.Forecasts;
using MlActors.Storage.Documents;

namespace MlActors.Storage.Sql;

internal sealed partial class SqlJobStore
{
    internal const string ExpiredForecasts =
        $"SELECT {ForecastColumns} FROM forecast WHERE expires_ms <= @0 AND state IN ('finished', 'failed') ORDER BY expires_ms LIMIT @1";

    private const string ForecastColumns = "document, state, run, expires_ms, failure";

    private static readonly FrozenDictionary<string, ForecastState> ForecastStates =
        Enum.GetValues<ForecastState>().ToFrozenDictionary(Forecast.Name, StringComparer.Ordinal);

    public Task<IReadOnlyList<Forecast>> ListForecastsAsync(IReadOnlyCollection<string> jobIds) => readers.RunAsync<IReadOnlyList<Forecast>>(session =>
    {
        var forecasts = new List<Forecast>();
        foreach (var jobId in jobIds)
            forecasts.AddRange(session.List($"SELECT {ForecastColumns} FROM forecast WHERE job_id = @0 ORDER BY create_ms, forecast_id", ReadForecast, jobId));
        return forecasts;
    });

    public Task<IReadOnlyList<Forecast>> ListExpiredForecastsAsync(long nowMs, int limit) =>
        readers.RunAsync<IReadOnlyList<Forecast>>(session => session.List(ExpiredForecasts, ReadForecast, nowMs, limit));

    public Task<bool> HasForecastPointsAsync(string jobId, string forecastId) => readers.RunAsync(session =>
        session.Number("SELECT EXISTS (SELECT 1 FROM forecast_point WHERE job_id = @0 AND forecast_id = @1)", jobId, forecastId) != 0);

    // State, run and expiry are changed without the document; a reason to have failed comes after what it said itself.
    private static Forecast ReadForecast(DbDataReader row)
    {
        var forecast = StoredJson.Forecast(row.GetFieldValue<byte[]>(0)) with
        {
            State = ForecastStates.TryGetValue(row.GetString(1), out var state)
                ? state
                : throw new InvalidDataException($"A forecast has the unknown state [{row.GetString(1)}]."),
            Run = row.GetInt64(2),
            ExpiresMs = row.IsDBNull(3) ? null : row.GetInt64(3),
        };
        return row.IsDBNull(4) ? forecast : forecast with { Messages = forecast.Messages.Add(row.GetString(4)) };
    }
}
