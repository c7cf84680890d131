using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>What is known of all members of a population together.</summary>
internal interface IPopulation
{
    /// <summary>What it takes in memory, with its place in a table; always the same.</summary>
    long Bytes { get; }

    /// <summary>How many series belong to it.</summary>
    int Members { get; set; }

    /// <summary>Positions of those present in the bucket being judged; scratch.</summary>
    List<int> PresentNow { get; }

    void Write(ByteWriter writer);

    void Read(ref ByteReader reader);
}

/// <summary>The populations of one detector, one for each value of its partition and by field that has members.</summary>
/// <param name="create">Makes one that knows nothing.</param>
internal sealed class PopulationTable<T>(MemoryBudget memory, Func<T> create)
    where T : class, IPopulation
{
    private readonly Dictionary<SeriesKey, T> _populations = [];
    private readonly List<T> _present = [];

    /// <summary>The populations that have members in a bucket, in the order in which they came, each with the positions of its own in
    /// <see cref="IPopulation.PresentNow"/>; both are valid until the next call.</summary>
    public IReadOnlyList<T> Gather(DetectorBucket slice, SeriesTable table)
    {
        foreach (var population in _present) population.PresentNow.Clear();
        _present.Clear();
        for (var i = 0; i < slice.Count; i++)
        {
            var population = ((MemberSeries<T>)table[slice.At(i).Series]).Population;
            if (population.PresentNow.Count == 0) _present.Add(population);
            population.PresentNow.Add(i);
        }
        return _present;
    }

    /// <summary>The population of a new member.</summary>
    public T Join(SeriesKey member)
    {
        var key = member with { Over = "" };
        if (!_populations.TryGetValue(key, out var population))
        {
            _populations.Add(key, population = create());
            memory.ModelBytes += population.Bytes;
        }
        population.Members++;
        return population;
    }

    /// <summary>The population of a member that joined.</summary>
    public T Of(SeriesKey member) => _populations[member with { Over = "" }];

    /// <summary>A member is dropped; the last takes its population with it.</summary>
    public void Leave(SeriesKey member)
    {
        var key = member with { Over = "" };
        if (--_populations[key].Members > 0) return;
        memory.ModelBytes -= _populations[key].Bytes;
        _populations.Remove(key);
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
