namespace MlActors.Analysis.Buckets;

/// <summary>The open buckets that have records, in order of time. Cleared ones are used again, so that steady work allocates nothing.</summary>
internal sealed class OpenBuckets(Func<OpenBucket> create, MemoryBudget memory)
{
    private const int MostSpare = 4;
    private readonly List<OpenBucket> _buckets = [];
    private readonly Stack<OpenBucket> _spare = new();

    public int Count => _buckets.Count;

    public OpenBucket this[int index] => _buckets[index];

    /// <summary>The bucket starting at a time, or <c>null</c>.</summary>
    public OpenBucket? Find(long start)
    {
        var at = Search(start);
        return at >= 0 ? _buckets[at] : null;
    }

    public OpenBucket FindOrAdd(long start)
    {
        var at = Search(start);
        if (at >= 0) return _buckets[at];
        var bucket = _spare.TryPop(out var spare) ? spare : create();
        bucket.Start = start;
        memory.OpenBytes += OpenBucket.Bytes;
        _buckets.Insert(~at, bucket);
        return bucket;
    }

    /// <summary>Throws away what the buckets starting in [from, to) hold.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Remove(long from, long to)
    {
        var first = Search(from);
        first = first < 0 ? ~first : first;
        var end = first;
        while (end < _buckets.Count && _buckets[end].Start < to) Release(_buckets[end++]);
        _buckets.RemoveRange(first, end - first);
        return end > first;
    }

    private void Release(OpenBucket bucket)
    {
        memory.OpenBytes -= OpenBucket.Bytes;
        foreach (var detector in bucket.Detectors) memory.OpenBytes -= detector.CountBytes();
        bucket.Clear();
        if (_spare.Count < MostSpare) _spare.Push(bucket);
    }

    private int Search(long start)
    {
        var (low, high) = (0, _buckets.Count - 1);
        if (high >= 0 && _buckets[high].Start < start) return ~(high + 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = _buckets[middle].Start;
            if (found == start) return middle;
            if (found < start) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}
