using System.Globalization;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Writes;

internal sealed class EventAppend(string persistenceId, long sequenceNr, string manifest, byte[] payload) : RowWrite
{
    public override int Bytes => payload.Length;

    public override void Execute(WriteSession session)
    {
        // Not only a number that is taken is refused, but every number below one that is taken: the newest row stays for that when events are deleted.
        session.Prepare(
            """
            INSERT INTO journal (persistence_id, sequence_nr, manifest, payload)
            SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM journal WHERE persistence_id = ?1 AND sequence_nr >= ?2)
            """).Bind(1, persistenceId).Bind(2, sequenceNr).Bind(3, manifest).BindText(4, payload).Require(this);
    }

    public override StoreException Refusal() => Conflict(string.Create(CultureInfo.InvariantCulture,
        $"Event {sequenceNr} of [{persistenceId}] is refused: another owner has written that number or a later one."));
}

internal sealed class EventDelete(string persistenceId, long to) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        var highest = session.Prepare("SELECT MAX(sequence_nr) FROM journal WHERE persistence_id = ?1").Bind(1, persistenceId).Number() ?? 0;
        session.Prepare("DELETE FROM journal WHERE persistence_id = ?1 AND sequence_nr <= ?2").Bind(1, persistenceId).Bind(2, Math.Min(to, highest - 1)).Do();

        // The newest row carries the numbering on; deleted, it stays as an empty row.
        if (to >= highest)
        {
            session.Prepare("UPDATE journal SET deleted = 1, payload = '' WHERE persistence_id = ?1 AND sequence_nr = ?2")
                .Bind(1, persistenceId).Bind(2, highest).Do();
        }
    }
}
