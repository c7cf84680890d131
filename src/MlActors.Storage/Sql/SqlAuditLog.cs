using MlActors.Jobs.Auditing;
using MlActors.Jobs.Results;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

/// <summary>The messages, in the order of writing.</summary>
internal sealed class SqlAuditLog(WriteLanes writers, ReadPool readers) : IAuditLog
{
    private const string Rows = "FROM message WHERE (CAST(@0 AS TEXT) IS NULL OR job_id = @0) AND time_ms >= @1 AND time_ms < @2 AND level >= @3";
    private const string RowsOfJob = "FROM message WHERE job_id = @0 AND time_ms >= @1 AND time_ms < @2 AND level >= @3";

    public Task<ResultPage> QueryAsync(AuditQuery query) => readers.PageAsync(query.JobId is null ? Rows : RowsOfJob, "ordering DESC", query.From, query.Size,
        query.JobId, query.Start ?? long.MinValue, query.End ?? long.MaxValue, (long)query.Least);

    public async Task<bool> RemoveAsync(long beforeMs, int limit)
    {
        await writers.WriteAsync([new MessagesDelete(beforeMs, limit)]);
        return await readers.RunAsync(session => session.Number("SELECT count(*) FROM (SELECT time_ms FROM message ORDER BY ordering LIMIT 1) AS oldest WHERE time_ms < @0", beforeMs) > 0);
    }
}
