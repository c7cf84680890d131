using MlActors.Jobs.Auditing;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Writes;

/// <summary>Messages of a job, behind those there are.</summary>
internal sealed class MessagesWrite(AppendMessages append) : RowWrite
{
    private readonly (AuditMessage Message, byte[] Document)[] _rows = [.. append.Messages.Select(message => (message, ResultDocuments.Message(message)))];

    public override int Bytes => _rows.Sum(row => row.Document.Length);

    public override void Execute(WriteSession session)
    {
        foreach (var (message, document) in _rows)
            session.Prepare("INSERT INTO message (job_id, time_ms, level, document) VALUES (?1, ?2, ?3, ?4)")
                .Bind(1, message.JobId).Bind(2, message.TimeMs).Bind(3, (long)message.Level).BindText(4, document).Do();
    }
}

/// <summary>Removes the oldest messages.</summary>
internal sealed class MessagesDelete(long beforeMs, int limit) : RowWrite
{
    public override int Bytes => 0;

    // Those at the front of the order of writing: it is that of time, but for what several nodes write at the same moment.
    public override void Execute(WriteSession session) =>
        session.Prepare("DELETE FROM message WHERE ordering IN (SELECT ordering FROM message ORDER BY ordering LIMIT ?2) AND time_ms < ?1")
            .Bind(1, beforeMs).Bind(2, (long)limit).Do();
}
