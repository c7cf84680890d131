using MlActors.Jobs.Storage;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Postgres;

/// <summary>
/// Stands before the writes of an owner: it still is the owner, and remains it until the transaction is over, since a take-over waits for the lock.
/// </summary>
internal sealed class OwnerFence(string job, long taken) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session) =>
        session.Prepare("SELECT epoch FROM job_owner WHERE job_id = ?1 AND taken_by = ?2 FOR SHARE").Bind(1, job).Bind(2, taken).Require(this);

    public override StoreException Refusal() => Conflict($"Another node has taken the job [{job}] over.");
}
