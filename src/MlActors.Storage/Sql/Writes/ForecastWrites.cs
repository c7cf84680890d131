using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Storage;
using MlActors.Storage.Documents;

namespace MlActors.Storage.Sql.Writes;

internal sealed class ForecastWrite(Forecast forecast) : RowWrite
{
    private readonly byte[] _document = StoredJson.Serialize(forecast);

    public override int Bytes => _document.Length;

    public override void Execute(WriteSession session)
    {
        session.Prepare(
            """
            INSERT INTO forecast (job_id, forecast_id, state, run, create_ms, expires_ms, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (job_id, forecast_id) DO NOTHING
            """)
            .Bind(1, forecast.JobId).Bind(2, forecast.ForecastId).Bind(3, Forecast.Name(forecast.State)).Bind(4, forecast.Run)
            .Bind(5, forecast.CreateMs).Bind(6, forecast.ExpiresMs).BindText(7, _document).Require(this);
    }

    public override StoreException Refusal() => Conflict($"The job [{forecast.JobId}] has a forecast [{forecast.ForecastId}] already.");
}

internal sealed class ForecastAdvance(AdvanceForecast advance) : RowWrite
{
    private readonly byte[] _document = StoredJson.Serialize(advance.Forecast);

    public override int Bytes => _document.Length + advance.Points.Sum(point => point.Document.Length);

    public override void Execute(WriteSession session)
    {
        var forecast = advance.Forecast;
        session.Prepare(
            """
            UPDATE forecast SET state = ?3, run = ?4, document = ?5
            WHERE job_id = ?1 AND forecast_id = ?2 AND run = ?6 AND state IN ('scheduled', 'started')
            """)
            .Bind(1, forecast.JobId).Bind(2, forecast.ForecastId).Bind(3, Forecast.Name(forecast.State)).Bind(4, forecast.Run).BindText(5, _document)
            .Bind(6, advance.RunBefore).Require(this);
        var ordinal = forecast.Records - advance.Points.Count;
        foreach (var point in advance.Points)
        {
            session.Prepare(
                """
                INSERT INTO forecast_point (job_id, forecast_id, timestamp, ordinal, document) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (job_id, forecast_id, timestamp, ordinal) DO UPDATE SET document = excluded.document
                """)
                .Bind(1, forecast.JobId).Bind(2, forecast.ForecastId).Bind(3, point.Timestamp).Bind(4, ordinal++).BindText(5, point.Document).Do();
        }
    }

    public override StoreException Refusal() =>
        Conflict($"The forecast [{advance.Forecast.ForecastId}] of the job [{advance.Forecast.JobId}] has ended, or somebody else makes it.");
}

internal sealed class ForecastsFail(FailForecasts fail) : RowWrite
{
    public override int Bytes => 0;

    // The run rises with it: who still makes one of them is refused.
    public override void Execute(WriteSession session) => session.Prepare(
        "UPDATE forecast SET state = 'failed', run = run + 1, failure = ?2 WHERE job_id = ?1 AND state IN ('scheduled', 'started')")
        .Bind(1, fail.JobId).Bind(2, fail.Reason).Do();
}

internal sealed class ForecastsExpire(ExpireForecasts expire) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        foreach (var forecastId in expire.ForecastIds)
        {
            session.Prepare("UPDATE forecast SET expires_ms = ?3 WHERE job_id = ?1 AND forecast_id = ?2 AND state IN ('finished', 'failed')")
                .Bind(1, expire.JobId).Bind(2, forecastId).Bind(3, expire.NowMs).Do();
        }
    }
}

internal sealed class ForecastDelete(DeleteForecast delete) : RowWrite
{
    internal const string DeletePoints =
        """
        DELETE FROM forecast_point WHERE (job_id, forecast_id, timestamp, ordinal) IN
            (SELECT job_id, forecast_id, timestamp, ordinal FROM forecast_point WHERE job_id = ?1 AND forecast_id = ?2 ORDER BY timestamp, ordinal LIMIT ?3)
        """;

    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        session.Prepare(DeletePoints).Bind(1, delete.JobId).Bind(2, delete.ForecastId).Bind(3, (long)delete.Limit).Do();
        if (delete.KeepRow) return;
        session.Prepare(
            """
            DELETE FROM forecast WHERE job_id = ?1 AND forecast_id = ?2
                AND NOT EXISTS (SELECT 1 FROM forecast_point WHERE job_id = ?1 AND forecast_id = ?2)
            """).Bind(1, delete.JobId).Bind(2, delete.ForecastId).Do();
    }
}
