using System.Collections.Concurrent;

namespace MlActors.Benchmarks.Chaos;

/// <summary>How long after a fault a job of the node that it hit took records again.</summary>
internal sealed class Failovers
{
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<(FaultKind Kind, bool Alone, double Seconds)> _samples = [];
    private readonly ConcurrentBag<(DateTimeOffset From, double Seconds)> _silences = [];
    private long _lastAcknowledged = TimeProvider.System.GetTimestamp();

    /// <summary>A fault hit the owners of these jobs; what they wait for already goes on.</summary>
    public void Hit(FaultKind kind, IEnumerable<string> jobs)
    {
        foreach (var waiting in _waiting.Values) waiting.Alone = false;
        foreach (var job in jobs) _waiting.TryAdd(job, new Waiting(kind, TimeProvider.System.GetTimestamp()));
    }

    public void Acknowledged(string job)
    {
        var silence = TimeProvider.System.GetElapsedTime(Interlocked.Exchange(ref _lastAcknowledged, TimeProvider.System.GetTimestamp()));
        if (silence > LongSilence) _silences.Add((TimeProvider.System.GetUtcNow() - silence, silence.TotalSeconds));
        if (_waiting.TryRemove(job, out var fault)) _samples.Add((fault.Kind, fault.Alone, TimeProvider.System.GetElapsedTime(fault.At).TotalSeconds));
    }

    /// <summary>The job is not open any more, by its own will.</summary>
    public void Forget(string job) => _waiting.TryRemove(job, out _);

    public void Print()
    {
        foreach (var kind in _samples.GroupBy(sample => (sample.Kind, sample.Alone)).OrderBy(kind => kind.Key.Kind).ThenByDescending(kind => kind.Key.Alone))
        {
            var sorted = kind.Select(sample => sample.Seconds).Order().ToList();
            Text.Print($"{kind.Key.Kind,-16} {(kind.Key.Alone ? "" : "and other faults"),-16} {sorted.Count,4} jobs took records again after: median {sorted[sorted.Count / 2]:F1} s, 95 % {sorted[sorted.Count * 95 / 100]:F1} s, longest {sorted[^1]:F1} s");
        }
        foreach (var (from, seconds) in _silences.OrderBy(silence => silence.From)) Text.Print($"from {from:HH:mm:ss} no job took records for {seconds:F1} s");
    }

    /// <summary>A job that was hit and has taken no records since.</summary>
    private sealed class Waiting(FaultKind kind, long at)
    {
        public FaultKind Kind => kind;

        public long At => at;

        /// <summary>Whether no other fault came meanwhile.</summary>
        public volatile bool Alone = true;
    }
}
