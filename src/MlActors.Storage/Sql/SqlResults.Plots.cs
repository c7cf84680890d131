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

    public Task<ResultPage> QueryForecastAsync(ForecastQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.From);
        ArgumentOutOfRangeException.ThrowIfNegative(query.Size);
        var (start, end) = (Seconds(query.Start, long.MinValue), Seconds(query.End, long.MaxValue));
        return readers.RunAsync(session => session.InSnapshot(() => new ResultPage(
            session.Number("SELECT count(*) " + Foretold, query.JobId, query.ForecastId, start, end),
            query.Size == 0 ? [] : session.List($"SELECT document {Foretold} ORDER BY timestamp, ordinal LIMIT @4 OFFSET @5",
                row => (ReadOnlyMemory<byte>)row.GetFieldValue<byte[]>(0), query.JobId, query.ForecastId, start, end, query.Size, query.From))));
    }

    public Task<ResultPage> QueryAnnotationsAsync(AnnotationQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.From);
        ArgumentOutOfRangeException.ThrowIfNegative(query.Size);
        var (start, end) = (Seconds(query.Start, long.MinValue), Seconds(query.End, long.MaxValue));
        return readers.RunAsync(session => session.InSnapshot(() => new ResultPage(
            session.Number("SELECT count(*) " + Annotated, query.JobId, start, end, query.Event),
            query.Size == 0 ? [] : session.List($"SELECT document {Annotated} ORDER BY timestamp, end_timestamp, annotation_id LIMIT @4 OFFSET @5",
                row => (ReadOnlyMemory<byte>)row.GetFieldValue<byte[]>(0), query.JobId, start, end, query.Event, query.Size, query.From))));
    }

    public Task<ResultPage> QueryModelPlotAsync(ModelPlotQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.From);
        ArgumentOutOfRangeException.ThrowIfNegative(query.Size);
        var (start, end) = (Seconds(query.Start, long.MinValue), Seconds(query.End, long.MaxValue));
        var (partition, by, detector) = (query.PartitionFieldValue, query.ByFieldValue, query.DetectorIndex);
        return readers.RunAsync(session => session.InSnapshot(() => new ResultPage(
            session.Number("SELECT count(*) " + Plotted, query.JobId, start, end, partition, by, detector),
            query.Size == 0 ? [] : session.List($"SELECT document {Plotted} ORDER BY timestamp, ordinal LIMIT @6 OFFSET @7",
                row => (ReadOnlyMemory<byte>)row.GetFieldValue<byte[]>(0), query.JobId, start, end, partition, by, detector, query.Size, query.From))));
    }
}
