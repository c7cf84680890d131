using MlActors.Analysis.Binary;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>The populations of one detector, one for each value of its partition and by field that has members.</summary>
internal sealed class PopulationTable(MemoryBudget memory)
{
    private readonly Dictionary<SeriesKey, Population> _populations = [];

    /// <summary>The population of a new member.</summary>
    public Population Join(SeriesKey member)
    {
        var key = member with { Over = "" };
        if (!_populations.TryGetValue(key, out var population))
        {
            _populations.Add(key, population = new Population());
            memory.ModelBytes += Population.Bytes;
        }
        population.Members++;
        return population;
    }

    /// <summary>The population of a member that joined.</summary>
    public Population Of(SeriesKey member) => _populations[member with { Over = "" }];

    /// <summary>A member is dropped; the last takes its population with it.</summary>
    public void Leave(SeriesKey member)
    {
        var key = member with { Over = "" };
        if (--_populations[key].Members > 0) return;
        _populations.Remove(key);
        memory.ModelBytes -= Population.Bytes;
    }

    public void Write(ByteWriter writer)
    {
        foreach (var (_, population) in _populations.OrderBy(pair => pair.Key)) population.Write(writer);
    }

    /// <summary>After all members have joined again.</summary>
    public void Read(ref ByteReader reader)
    {
        foreach (var (_, population) in _populations.OrderBy(pair => pair.Key)) population.Read(ref reader);
    }
}

