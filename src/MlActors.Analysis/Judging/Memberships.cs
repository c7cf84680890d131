using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>How many members of a population have each value of the by field. Follows from the series that there are, so it is not saved.</summary>
internal sealed class Memberships(MemoryBudget memory)
{
    public const long ValueBytes = 24 + 4 + 28;

    private readonly Dictionary<SeriesKey, int> _members = [];
    private readonly OccurrenceTable _partitions = new(memory);

    /// <summary>How many members have the value.</summary>
    public int Of(SeriesKey key) => _members.GetValueOrDefault(ValueOf(key));

    /// <summary>The probability that what a member has is a value that no more members have than have this one.</summary>
    public double ProbabilityOf(SeriesKey key) =>
        _partitions.Find(key.Partition)?.ProbabilityOf(Of(key)) ?? 1;

    /// <summary>A member has the value now.</summary>
    public void Join(SeriesKey key)
    {
        var value = ValueOf(key);
        var members = _members.GetValueOrDefault(value);
        if (members == 0) memory.ModelBytes += ValueBytes;
        _members[value] = members + 1;
        _partitions.Of(key.Partition).Change(members, members + 1);
    }

    /// <summary>A member that had it is forgotten.</summary>
    public void Leave(SeriesKey key)
    {
        var value = ValueOf(key);
        var members = _members[value];
        _partitions.Change(key.Partition, members, members - 1);
        if (members > 1)
        {
            _members[value] = members - 1;
            return;
        }
        _members.Remove(value);
        memory.ModelBytes -= ValueBytes;
    }

    private static SeriesKey ValueOf(SeriesKey key) => key with { Over = "" };
}
