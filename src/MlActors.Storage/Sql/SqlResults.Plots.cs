using MlActors.Jobs.Results;

namespace MlActors.Storage.Sql;

internal sealed partial class SqlResults
{
    private const string Plotted = """
        FROM model_plot WHERE job_id = @0 AND timestamp >= @1 AND timestamp < @2 AND (CAST(@3 AS TEXT) IS NULL OR partition_value = @3)
            AND (CAST(@4 AS TEXT) IS NULL OR by_value = @4) AND (CAST(@5 AS INTEGER) IS NULL OR detector_index = @5)
        """;

    private const string Annotated =
        "FROM annotation WHERE job_id = @0 AND timestamp >= @1 AND timestamp < @2 AND (CAST(@3 AS TEXT) IS NULL OR event = @3)";

    private const string Foretold = "FROM forecast_point WHERE job_id = @0 AND forecast_id = @1 AND timestamp >= @2 AND timestamp < @3";

    public Task<ResultPage> QueryForecastAsync(ForecastQuery query) => readers.PageAsync(Foretold, "timestamp, ordinal", query.From, query.Size,
        query.JobId, query.ForecastId, Seconds(query.Start, long.MinValue), Seconds(query.End, long.MaxValue));

    public Task<ResultPage> QueryAnnotationsAsync(AnnotationQuery query) => readers.PageAsync(Annotated, "timestamp, end_timestamp, annotation_id", query.From, query.Size,
        query.JobId, Seconds(query.Start, long.MinValue), Seconds(query.End, long.MaxValue), query.Event);

    public Task<ResultPage> QueryModelPlotAsync(ModelPlotQuery query) => readers.PageAsync(Plotted, "timestamp, ordinal", query.From, query.Size,
        query.JobId, Seconds(query.Start, long.MinValue), Seconds(query.End, long.MaxValue), query.PartitionFieldValue, query.ByFieldValue, query.DetectorIndex);
}
