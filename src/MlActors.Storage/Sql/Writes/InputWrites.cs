using System.Globalization;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Writes;

internal sealed class InputAppend(AppendInput input) : RowWrite
{
    public override int Bytes => input.Payload.Length;

    public override void Execute(WriteSession session)
    {
        // The head outlives trimming: an owner of the past cannot take a number again whose input is analysed and gone. A job without a head
        // (new, or reset) starts at whatever number its owner gives.
        session.Prepare(
            """
            INSERT INTO input_head (job_id, seq) VALUES (?1, ?2)
            ON CONFLICT (job_id) DO UPDATE SET seq = excluded.seq WHERE input_head.seq = excluded.seq - 1
            """).Bind(1, input.JobId).Bind(2, input.Seq).Require(this);
        session.Prepare("INSERT INTO input (job_id, seq, kind, payload) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, input.JobId).Bind(2, input.Seq).Bind(3, (long)input.Kind).BindBlob(4, input.Payload).Do();
    }

    public override StoreException Refusal() => Conflict(string.Create(CultureInfo.InvariantCulture,
        $"Input {input.Seq} of the job [{input.JobId}] is not the next one: another owner has written to its log."));
}

internal sealed class InputTrim(TrimInputs trim) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        session.Prepare("DELETE FROM input WHERE job_id = ?1 AND seq <= ?2").Bind(1, trim.JobId).Bind(2, trim.UpToSeq).Do();
        // Whole uploads, or a repeat of a large one would find its end only. Few rows to look at: trimming follows every so many inputs.
        session.Prepare(
            """
            DELETE FROM upload WHERE job_id = ?1 AND batch_id IN
                (SELECT batch_id FROM upload WHERE job_id = ?1 GROUP BY batch_id ORDER BY max(time_ms) DESC, batch_id LIMIT 9223372036854775807 OFFSET ?2)
            """).Bind(1, trim.JobId).Bind(2, (long)TrimInputs.UploadsKept).Do();
    }
}

internal sealed class UploadPieceWrite(PutUploadPiece piece) : RowWrite
{
    public override int Bytes => piece.Answer.Length;

    public override void Execute(WriteSession session)
    {
        session.Prepare(
            """
            INSERT INTO upload (job_id, batch_id, piece, checksum, answer, last, time_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (job_id, batch_id, piece) DO UPDATE SET checksum = excluded.checksum
                WHERE upload.checksum = excluded.checksum AND upload.last = excluded.last
            """)
            .Bind(1, piece.JobId).Bind(2, piece.BatchId).Bind(3, (long)piece.Piece).Bind(4, unchecked((long)piece.Checksum)).BindBlob(5, piece.Answer)
            .Bind(6, piece.Last ? 1L : 0L).Bind(7, piece.NowMs).Require(this);
    }

    public override StoreException Refusal() => Conflict(string.Create(CultureInfo.InvariantCulture,
        $"Piece {piece.Piece} of the upload [{piece.BatchId}] was sent before with other content."));
}

internal sealed class QuarantineWrite(QuarantineInput input) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        var copied = session.Prepare(
            """
            INSERT INTO quarantine (job_id, seq, kind, reason, time_ms, payload)
            SELECT job_id, seq, kind, ?3, ?4, payload FROM input WHERE job_id = ?1 AND seq = ?2
            ON CONFLICT (job_id, seq) DO UPDATE SET reason = excluded.reason, time_ms = excluded.time_ms
            """).Bind(1, input.JobId).Bind(2, input.Seq).Bind(3, input.Reason).Bind(4, input.NowMs).Changed();
        if (copied > 0) return;

        // Trimmed already is fine when it was set aside before; an input that is nowhere cannot be kept.
        var kept = session.Prepare("SELECT count(*) FROM quarantine WHERE job_id = ?1 AND seq = ?2").Bind(1, input.JobId).Bind(2, input.Seq).Number();
        if (kept == 0)
        {
            throw Conflict(string.Create(CultureInfo.InvariantCulture,
                $"Input {input.Seq} of the job [{input.JobId}] is not in its log and cannot be set aside."));
        }
    }
}

internal sealed class WorkDelete(DeleteWork work) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        Delete("DELETE FROM input WHERE (job_id, seq) IN (SELECT job_id, seq FROM input WHERE job_id = ?1 ORDER BY seq LIMIT ?2)");
        Delete("DELETE FROM quarantine WHERE (job_id, seq) IN (SELECT job_id, seq FROM quarantine WHERE job_id = ?1 ORDER BY seq LIMIT ?2)");
        Delete(
            """
            DELETE FROM upload WHERE (job_id, batch_id, piece) IN
                (SELECT job_id, batch_id, piece FROM upload WHERE job_id = ?1 ORDER BY batch_id, piece LIMIT ?2)
            """);
        Delete(
            """
            DELETE FROM snapshot_part WHERE (job_id, snapshot_id, part) IN
                (SELECT job_id, snapshot_id, part FROM snapshot_part WHERE job_id = ?1 ORDER BY snapshot_id, part LIMIT ?2)
            """);
        Delete(
            """
            DELETE FROM forecast_point WHERE (job_id, forecast_id, timestamp, ordinal) IN
                (SELECT job_id, forecast_id, timestamp, ordinal FROM forecast_point WHERE job_id = ?1 ORDER BY forecast_id, timestamp, ordinal LIMIT ?2)
            """);
        Delete(
            """
            DELETE FROM forecast WHERE (job_id, forecast_id) IN (SELECT job_id, forecast_id FROM forecast WHERE job_id = ?1 ORDER BY forecast_id LIMIT ?2)
            """);
        Delete("DELETE FROM snapshot WHERE ordering IN (SELECT ordering FROM snapshot WHERE job_id = ?1 ORDER BY snapshot_id LIMIT ?2)");

        Delete("DELETE FROM category WHERE (job_id, category_id) IN (SELECT job_id, category_id FROM category WHERE job_id = ?1 ORDER BY category_id LIMIT ?2)");

        session.Prepare("DELETE FROM score_scale WHERE job_id = ?1").Bind(1, work.JobId).Do();

        // With the last input goes the memory of its number: the job may start to count anew.
        session.Prepare("DELETE FROM input_head WHERE job_id = ?1 AND NOT EXISTS (SELECT 1 FROM input WHERE job_id = ?1)").Bind(1, work.JobId).Do();

        void Delete(string constant) => session.Prepare(constant).Bind(1, work.JobId).Bind(2, (long)work.Limit).Do();
    }
}
