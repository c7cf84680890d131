namespace MlActors.Storage.Sql.Writes;

/// <summary>Turns upgrade mode on or off, unless it is so.</summary>
internal sealed class UpgradeWrite(bool enabled, long nowMs) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session) =>
        session.Prepare("UPDATE upgrade_mode SET enabled = ?1, version = version + 1, changed_ms = ?2 WHERE id = 1 AND enabled <> ?1")
            .Bind(1, enabled ? 1L : 0L).Bind(2, nowMs).Do();
}
