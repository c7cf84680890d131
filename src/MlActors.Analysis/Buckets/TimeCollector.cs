using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Buckets;

/// <summary>The times of the day or the week at which a series had events in an open bucket: of each slot the earliest, in order of time.</summary>
internal sealed class TimeCollector(PeriodSlots slots) : EventCollector
{
    private const long OwnBytes = 40 + 32;

    private readonly List<int> _seconds = [];

    public override long Bytes => OwnBytes + (sizeof(int) * (long)_seconds.Count);

    public override int Count => _seconds.Count;

    /// <summary>Seconds since the period began; one of each slot at most.</summary>
    public IReadOnlyList<int> Seconds => _seconds;

    public override void Add(in RecordValue record)
    {
        var second = (int)record.Number;
        var at = _seconds.BinarySearch(second);
        if (at >= 0) return;
        at = ~at;
        if (at > 0 && slots.At(_seconds[at - 1]) == slots.At(second)) return;
        if (at < _seconds.Count && slots.At(_seconds[at]) == slots.At(second)) _seconds[at] = second;
        else _seconds.Insert(at, second);
    }

    public override void Clear() => _seconds.Clear();

    public override void Write(ByteWriter writer)
    {
        writer.VarUInt((ulong)_seconds.Count);
        foreach (var second in _seconds) writer.VarUInt((ulong)second);
    }

    public override void Read(ref ByteReader reader)
    {
        var count = reader.Count(1);
        for (var i = 0; i < count; i++)
        {
            var second = reader.VarUInt();
            if (second >= (ulong)(slots.Count * slots.Width) || (i > 0 && slots.At((int)second) <= slots.At(_seconds[^1])))
                throw new InvalidDataException("times are not in order");
            _seconds.Add((int)second);
        }
    }
}
