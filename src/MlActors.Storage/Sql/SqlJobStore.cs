using System.Data.Common;
using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Documents;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

internal sealed partial class SqlJobStore(WriteLanes writers, ReadPool readers) : IJobStore
{
    private const string SnapshotColumns = "document, description, retain";

    // What fits is found from the lengths, so that the database sends nothing that is thrown away: PostgreSQL sends all the rows of a query.
    private const string Inputs = """
        SELECT seq, kind, payload FROM input WHERE job_id = @0 AND seq > @1 AND seq <=
            (SELECT max(seq) FROM
                (SELECT seq, sum(length(payload)) OVER (ORDER BY seq) AS bytes, row_number() OVER (ORDER BY seq) AS place FROM
                    (SELECT seq, payload FROM input WHERE job_id = @0 AND seq > @1 ORDER BY seq LIMIT 4096) AS next) AS sums
            WHERE bytes <= @2 OR place = 1)
        ORDER BY seq
        """;

    public Task WriteAsync(IReadOnlyList<StoreWrite> writes) =>
        writes.Count == 0 ? Task.CompletedTask : writers.WriteAsync(writes[0].JobId, RowWrite.Prepare(writes), writes.Any(write => write.ByOwner));

    public Task<JobStatus?> ReadStatusAsync(string jobId) => readers.RunAsync(session =>
        session.First("SELECT document FROM job_status WHERE job_id = @0", row => StoredJson.Status(row.GetFieldValue<byte[]>(0)), jobId));

    public Task<IReadOnlyList<StoredInput>> ReadInputsAsync(string jobId, long afterSeq, int maxBytes) => readers.RunAsync<IReadOnlyList<StoredInput>>(session =>
        session.List(Inputs, row => new StoredInput(row.GetInt64(0), (InputKind)row.GetInt32(1), row.GetFieldValue<byte[]>(2)), jobId, afterSeq, maxBytes));

    // Whole, as its owner keeps it: a piece is remembered by few bytes.
    public Task<StoredUpload?> ReadUploadAsync(string jobId, string batchId) => readers.RunAsync(session =>
    {
        var pieces = new List<StoredUploadPiece>();
        var whole = false;
        using var rows = session.Execute("SELECT piece, checksum, answer, last FROM upload WHERE job_id = @0 AND batch_id = @1 ORDER BY piece", jobId, batchId);
        while (rows.Read() && rows.GetInt32(0) == pieces.Count)
        {
            pieces.Add(new StoredUploadPiece(unchecked((ulong)rows.GetInt64(1)), rows.GetFieldValue<byte[]>(2)));
            whole = rows.GetInt64(3) != 0;
        }
        return pieces.Count == 0 ? null : new StoredUpload(pieces, whole);
    });

    public Task<StoredSnapshot?> ReadSnapshotAsync(string jobId, string snapshotId) => readers.RunAsync(session => session.InSnapshot(() =>
    {
        var found = session.First($"SELECT {SnapshotColumns}, state FROM snapshot WHERE job_id = @0 AND snapshot_id = @1",
            row => new StoredSnapshot(Snapshot(row), row.GetFieldValue<byte[]>(3)), jobId, snapshotId);
        if (found is null) return null;
        var parts = session.List("SELECT state FROM snapshot_part WHERE job_id = @0 AND snapshot_id = @1 ORDER BY part",
            row => row.GetFieldValue<byte[]>(0), jobId, snapshotId);
        if (parts.Count == 0) return found;
        var state = new byte[found.State.Length + parts.Sum(part => part.Length)];
        found.State.CopyTo(state, 0);
        var offset = found.State.Length;
        foreach (var part in parts)
        {
            part.CopyTo(state, offset);
            offset += part.Length;
        }
        return found with { State = state };
    }));

    public Task<IReadOnlyList<ModelSnapshot>> ListSnapshotsAsync(string jobId) => readers.RunAsync<IReadOnlyList<ModelSnapshot>>(session =>
        session.List($"SELECT {SnapshotColumns} FROM snapshot WHERE job_id = @0 ORDER BY timestamp_ms DESC, length(snapshot_id) DESC, snapshot_id DESC",
            Snapshot, jobId));

    public Task<IReadOnlyList<QuarantinedInput>> ReadQuarantineAsync(string jobId) => readers.RunAsync<IReadOnlyList<QuarantinedInput>>(session =>
        session.List("SELECT seq, kind, reason, time_ms, payload FROM quarantine WHERE job_id = @0 ORDER BY seq",
            row => new QuarantinedInput(row.GetInt64(0), (InputKind)row.GetInt32(1), row.GetString(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4)), jobId));

    public Task<bool> HasWorkAsync(string jobId) => readers.RunAsync(session => session.InSnapshot(() =>
        HasResults(session, jobId, long.MinValue, long.MaxValue) || session.Number(
            """
            SELECT EXISTS (SELECT 1 FROM input WHERE job_id = @0) OR EXISTS (SELECT 1 FROM upload WHERE job_id = @0)
                OR EXISTS (SELECT 1 FROM quarantine WHERE job_id = @0) OR EXISTS (SELECT 1 FROM snapshot WHERE job_id = @0)
                OR EXISTS (SELECT 1 FROM snapshot_part WHERE job_id = @0) OR EXISTS (SELECT 1 FROM category WHERE job_id = @0)
                OR EXISTS (SELECT 1 FROM forecast WHERE job_id = @0) OR EXISTS (SELECT 1 FROM forecast_point WHERE job_id = @0)
                OR EXISTS (SELECT 1 FROM score_scale WHERE job_id = @0)
            """, jobId) != 0));

    public Task<bool> HasResultsAsync(string jobId, long from, long before = long.MaxValue) => readers.RunAsync(session => HasResults(session, jobId, from, before));

    private static bool HasResults(ReadSession session, string jobId, long from, long before) => session.Number(
        """
        SELECT EXISTS (SELECT 1 FROM bucket WHERE job_id = @0 AND timestamp >= @1 AND timestamp < @2)
            OR EXISTS (SELECT 1 FROM record WHERE job_id = @0 AND timestamp >= @1 AND timestamp < @2)
            OR EXISTS (SELECT 1 FROM influencer WHERE job_id = @0 AND timestamp >= @1 AND timestamp < @2)
            OR EXISTS (SELECT 1 FROM model_plot WHERE job_id = @0 AND timestamp >= @1 AND timestamp < @2)
            OR EXISTS (SELECT 1 FROM annotation WHERE job_id = @0 AND end_timestamp >= @1 AND end_timestamp < @2)
        """, jobId, from, before) != 0;

    public Task<long?> ReadLatestBucketAsync(string jobId) => readers.RunAsync(session =>
        session.List("SELECT timestamp FROM bucket WHERE job_id = @0 ORDER BY timestamp DESC LIMIT 1", row => (long?)row.GetInt64(0), jobId) is [var latest] ? latest : null);

    private static ModelSnapshot Snapshot(DbDataReader row) =>
        StoredJson.Snapshot(row.GetFieldValue<byte[]>(0)) with { Description = row.GetString(1), Retain = row.GetInt64(2) != 0 };
}
