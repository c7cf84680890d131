using MlActors.Jobs.Storage;
using MlActors.Storage.Documents;

namespace MlActors.Storage.Sql.Writes;

internal sealed class SnapshotWrite(PutSnapshot put) : RowWrite
{
    /// <summary>A database value has an upper limit of size (1 GB); states above this many bytes are cut.</summary>
    public const int PartBytes = 8 << 20;

    // Description and retain have columns of their own, where a user's change goes.
    private readonly byte[] _document = StoredJson.Serialize(put.Snapshot with { Description = "", Retain = false });

    public override int Bytes => _document.Length + put.State.Length;

    public override void Execute(WriteSession session)
    {
        var snapshot = put.Snapshot;
        session.Prepare(
            """
            INSERT INTO snapshot (job_id, snapshot_id, timestamp_ms, description, retain, document, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (job_id, snapshot_id) DO UPDATE SET timestamp_ms = excluded.timestamp_ms, description = excluded.description,
                retain = excluded.retain, document = excluded.document, state = excluded.state
            """)
            .Bind(1, snapshot.JobId).Bind(2, snapshot.SnapshotId).Bind(3, snapshot.TimestampMs).Bind(4, snapshot.Description).Bind(5, snapshot.Retain)
            .BindText(6, _document).BindBlob(7, put.State.AsMemory(0, Math.Min(PartBytes, put.State.Length))).Do();
        SnapshotDelete.Parts(session, snapshot.JobId, snapshot.SnapshotId);
        for (var (part, offset) = (1, PartBytes); offset < put.State.Length; part++, offset += PartBytes)
        {
            session.Prepare("INSERT INTO snapshot_part (job_id, snapshot_id, part, state) VALUES (?1, ?2, ?3, ?4)")
                .Bind(1, snapshot.JobId).Bind(2, snapshot.SnapshotId).Bind(3, (long)part)
                .BindBlob(4, put.State.AsMemory(offset, Math.Min(PartBytes, put.State.Length - offset))).Do();
        }
    }
}

internal sealed class SnapshotUpdate(UpdateSnapshot update) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        session.Prepare(
            "UPDATE snapshot SET description = COALESCE(?3, description), retain = COALESCE(?4, retain) WHERE job_id = ?1 AND snapshot_id = ?2")
            .Bind(1, update.JobId).Bind(2, update.SnapshotId).Bind(3, update.Description)
            .Bind(4, update.Retain is { } retain ? retain ? 1 : 0 : (long?)null).Require(this);
    }

    public override StoreException Refusal() => Conflict($"The job [{update.JobId}] has no snapshot [{update.SnapshotId}].");
}

internal sealed class SnapshotDelete(string jobId, string snapshotId) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        session.Prepare("DELETE FROM snapshot WHERE job_id = ?1 AND snapshot_id = ?2").Bind(1, jobId).Bind(2, snapshotId).Do();
        Parts(session, jobId, snapshotId);
    }

    public static void Parts(WriteSession session, string jobId, string snapshotId) =>
        session.Prepare("DELETE FROM snapshot_part WHERE job_id = ?1 AND snapshot_id = ?2").Bind(1, jobId).Bind(2, snapshotId).Do();
}
