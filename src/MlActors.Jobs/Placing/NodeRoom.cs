using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Placing;

/// <summary>
/// The places that a node has for jobs, and who has them: the one that decides, so that of two opens at the same moment one gets the last place. A job has its
/// place from before its opening is durable until after its end is. Those that wait for one are looked at in their order whenever a place is given back, and
/// each that fits gets it: a large job that waits holds up no smaller one behind it.
/// <para>A place that a job had when its last owner died is never refused to the next: limits decide about opening, not about what is open.</para>
/// </summary>
/// <param name="node">What messages call it.</param>
public sealed class NodeRoom(RoomLimits limits, string node)
{
    private sealed record Waiter(string JobId, long Bytes, Action Found);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _taken = new(StringComparer.Ordinal);
    private readonly LinkedList<Waiter> _waiters = new();
    private long _bytes;

    public RoomLimits Limits { get; } = limits;

    /// <summary>Places taken, and what the models in them may come to.</summary>
    public (int Jobs, long Bytes) Taken
    {
        get { lock (_gate) return (_taken.Count, _bytes); }
    }

    /// <summary>Takes a place if there is one.</summary>
    /// <returns>Why there is none, with the fix; <c>null</c> when the job has its place.</returns>
    public string? TryTake(string jobId, long bytes)
    {
        lock (_gate)
        {
            if (!_taken.ContainsKey(jobId) && Obstacle(bytes) is { } obstacle) return obstacle;
            Put(jobId, bytes);
            return null;
        }
    }

    /// <summary>Gives a job its place, also beyond the limits: it had one before.</summary>
    public void Take(string jobId, long bytes)
    {
        lock (_gate) Put(jobId, bytes);
    }

    /// <summary>Takes a place as soon as there is one, maybe at once.</summary>
    /// <param name="found">Called then, on whatever thread gives the place back; must not wait.</param>
    public void Await(string jobId, long bytes, Action found)
    {
        lock (_gate)
        {
            Forget(jobId);
            _waiters.AddLast(new Waiter(jobId, bytes, found));
            Grant();
        }
    }

    /// <summary>Whether the job has a place.</summary>
    public bool Holds(string jobId)
    {
        lock (_gate) return _taken.ContainsKey(jobId);
    }

    /// <summary>Gives the job's place back, or its waiting up.</summary>
    public void Free(string jobId)
    {
        lock (_gate)
        {
            Forget(jobId);
            Grant();
        }
    }

    private void Put(string jobId, long bytes)
    {
        _bytes += bytes - _taken.GetValueOrDefault(jobId);
        _taken[jobId] = bytes;
    }

    private void Forget(string jobId)
    {
        if (_taken.Remove(jobId, out var bytes)) _bytes -= bytes;
        for (var waiter = _waiters.First; waiter is not null; waiter = waiter.Next)
        {
            if (waiter.Value.JobId != jobId) continue;
            _waiters.Remove(waiter);
            return;
        }
    }

    private void Grant()
    {
        for (var waiter = _waiters.First; waiter is not null && _taken.Count < Limits.MaxOpenJobs;)
        {
            var next = waiter.Next;
            if (Obstacle(waiter.Value.Bytes) is null)
            {
                _waiters.Remove(waiter);
                Put(waiter.Value.JobId, waiter.Value.Bytes);
                waiter.Value.Found();
            }
            waiter = next;
        }
    }

    private string? Obstacle(long bytes)
    {
        if (_taken.Count >= Limits.MaxOpenJobs)
            return $"node [{node}] is full: it has {_taken.Count} open jobs, and [jobs.max-open] is {Limits.MaxOpenJobs}; close a job, or raise the setting";
        // Not by adding: a limit may be as large as numbers go.
        if (bytes <= Limits.MaxModelBytes - _bytes) return null;
        var free = new ByteSize(Math.Max(0, Limits.MaxModelBytes - _bytes));
        return $"node [{node}] has too little model memory left: the job's [model_memory_limit] is {new ByteSize(bytes)}, and of " +
            $"{new ByteSize(Limits.MaxModelBytes)} ([jobs.max-model-memory]) {free} are free; lower the limit, close a job, or raise the setting";
    }
}
