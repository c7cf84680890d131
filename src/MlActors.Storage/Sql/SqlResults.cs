using System.Globalization;
using System.Text;
using System.Text.Json;
using MlActors.Jobs.Results;
using MlActors.Storage.Sql.Reads;

namespace MlActors.Storage.Sql;

internal sealed partial class SqlResults(ReadPool readers, SqlDialect dialect) : IResults
{
    public Task<ResultPage> QueryAsync(ResultQuery query)
    {
        var (table, score, order) = query.Kind switch
        {
            ResultKind.Bucket => ("bucket", "anomaly_score", "timestamp"),
            ResultKind.Record => ("record", "score", "timestamp, ordinal"),
            ResultKind.Influencer => ("influencer", "score", "timestamp, ordinal"),
            _ => throw new ArgumentOutOfRangeException(nameof(query), query.Kind, "Not a kind of result."),
        };
        if (!ResultDocuments.SortFields(query.Kind).Contains(query.Sort))
            throw new ArgumentException($"Results cannot be sorted by [{query.Sort}].", nameof(query));
        ArgumentOutOfRangeException.ThrowIfNegative(query.From);
        ArgumentOutOfRangeException.ThrowIfNegative(query.Size);

        var where = $"job_id = @0 AND {score} >= @1 AND timestamp >= @2 AND timestamp < @3" + (query.ExcludeInterim ? " AND is_interim = 0" : "");
        var key = SortKey(query.Kind, query.Sort, score);
        var direction = query.Descending ? " DESC" : "";

        // A missing value sorts last in both directions.
        var sort = key == "timestamp" ? "timestamp" + direction + (order == "timestamp" ? "" : ", ordinal")
            : key == score || key is "is_interim" or "processing_ms" ? $"{key}{direction}, {order}"
            : $"{dialect.OrderByField("document", key, query.Descending)}, {order}";
        var processing = query.Kind == ResultKind.Bucket ? "processing_ms" : "CAST(0 AS DOUBLE PRECISION)";
        var count = $"SELECT count(*) FROM {table} WHERE {where}";
        var page = $"SELECT document, {processing} FROM {table} WHERE {where} ORDER BY {sort} LIMIT @4 OFFSET @5";
        var (start, end) = (Seconds(query.Start, long.MinValue), Seconds(query.End, long.MaxValue));

        return readers.RunAsync(session => session.InSnapshot(() =>
        {
            var scale = ReadScale(session, query.JobId);
            var least = scale.InitialFor(query.MinScore);
            return new ResultPage(
                session.Number(count, query.JobId, least, start, end),
                query.Size == 0 ? [] : session.List(page, row => Document(query.Kind, scale.Apply(row.GetFieldValue<byte[]>(0)), row.GetDouble(1)),
                    query.JobId, least, start, end, query.Size, query.From));
        }));
    }

    // Scores are stored as they were at first. The scale never falls, so that the order by a score is that by the initial one.
    private static ScoreScale ReadScale(ReadSession session, string jobId) =>
        session.List("SELECT scale FROM score_scale WHERE job_id = @0", row => new ScoreScale(JsonSerializer.Deserialize<double[]>(row.GetString(0))), jobId) is [var scale]
            ? scale
            : ScoreScale.Identity;

    public Task<ResultPage> QueryCategoriesAsync(CategoryQuery query)
    {
        var where = "job_id = @0" + (query.CategoryId is null ? "" : " AND category_id = @1") + (query.PartitionFieldValue is null ? "" : " AND partition_value = @2");
        object[] arguments = [query.JobId, query.CategoryId ?? 0, query.PartitionFieldValue ?? ""];
        return readers.PageAsync($"FROM category WHERE {where}", "category_id", query.From, query.Size, arguments);
    }

    public Task<IReadOnlyList<BucketScore>> ReadBucketScoresAsync(string jobId, long? start, long? end, bool excludeInterim) =>
        readers.RunAsync(session => session.InSnapshot<IReadOnlyList<BucketScore>>(() =>
        {
            var scale = ReadScale(session, jobId);
            return session.List(
                """
                SELECT timestamp, anomaly_score, is_interim FROM bucket
                WHERE job_id = @0 AND timestamp >= @1 AND timestamp < @2 AND is_interim <= @3 ORDER BY timestamp
                """,
                row => new BucketScore(row.GetInt64(0), scale.Of(row.GetDouble(1)), row.GetInt64(2) != 0),
                jobId, Seconds(start, long.MinValue), Seconds(end, long.MaxValue), excludeInterim ? 0 : 1);
        }));

    // The name is one of the allow-list by now; what has a column is sorted by it.
    private static string SortKey(ResultKind kind, string field, string scoreColumn) => (kind, field) switch
    {
        (_, "timestamp" or "is_interim") => field,
        (ResultKind.Bucket, "anomaly_score") or (ResultKind.Record, "record_score") or (ResultKind.Influencer, "influencer_score") => scoreColumn,
        (ResultKind.Bucket, "processing_time_ms") => "processing_ms",
        (_, "typical" or "actual") => field + "[0]",
        _ => field,
    };

    // Results start at whole seconds: the first one at or after a moment starts at the next whole second.
    private static long Seconds(long? ms, long unbounded) => ms is { } value ? Math.DivRem(value, 1000, out var rest) + (rest > 0 ? 1 : 0) : unbounded;

    private static ReadOnlyMemory<byte> Document(ResultKind kind, ReadOnlyMemory<byte> document, double processingMs)
    {
        if (kind != ResultKind.Bucket) return document;
        var tail = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"processing_time_ms\":{(long)Math.Round(processingMs)}}}"));
        return (byte[])[.. document.Span[..^1], .. tail];
    }
}
