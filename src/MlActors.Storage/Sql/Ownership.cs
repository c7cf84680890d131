using System.Collections.Concurrent;
using System.Security.Cryptography;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

/// <summary>
/// Which jobs this process has taken over. Each take-over has a number of its own, drawn by the process, that stands in the job's row until the next one:
/// whoever remembers another number is no owner any more.
/// </summary>
internal sealed class Ownership
{
    private readonly ConcurrentDictionary<string, long> _jobs = new(StringComparer.Ordinal);
    private long _last = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    public long Draw() => Interlocked.Increment(ref _last);

    public void Remember(string job, long number) => _jobs[job] = number;

    /// <returns><c>null</c>: this process never was the owner.</returns>
    public long? Find(string job) => _jobs.TryGetValue(job, out var number) ? number : null;
}

/// <summary>Makes this process the owner of a job; remembered only once it is committed.</summary>
internal sealed class TakeOver(string job, Ownership ownership) : RowWrite
{
    private readonly long _number = ownership.Draw();

    public override int Bytes => 0;

    public override void Execute(WriteSession session) => session.Prepare(
        """
        INSERT INTO job_owner (job_id, epoch, taken_by) VALUES (?1, 1, ?2)
        ON CONFLICT (job_id) DO UPDATE SET epoch = job_owner.epoch + 1, taken_by = excluded.taken_by
        """).Bind(1, job).Bind(2, _number).Do();

    public override void Committed() => ownership.Remember(job, _number);
}

/// <summary>Nothing: a place in the order of the writes.</summary>
internal sealed class NoWrite : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
    }
}
