using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Categorization;

/// <summary>What of a categorization is to be stored.</summary>
/// <param name="Categories">In order of id.</param>
/// <param name="Partitions">Statistics, when each value of a field has categories of its own; else empty.</param>
public sealed record CategorizationNews(IReadOnlyList<CategoryDefinition> Categories, IReadOnlyList<PartitionStats> Partitions)
{
    public static CategorizationNews None { get; } = new([], []);

    public bool IsEmpty => Categories.Count == 0 && Partitions.Count == 0;
}

public sealed partial class JobCategorization
{
    /// <summary>What is new or has changed since it was last taken.</summary>
    /// <param name="counts">Also what has only counted further.</param>
    public CategorizationNews TakeNews(bool counts)
    {
        var categories = _space.TakeNews(counts);
        var partitions = _partitionColumn < 0 ? [] : _partitions.FindAll(partition => partition.TakeNews(counts));
        return categories.Count == 0 && partitions.Count == 0 ? CategorizationNews.None : new(categories.ConvertAll(Define), partitions.ConvertAll(Define));
    }

    internal void Write(ByteWriter writer)
    {
        writer.VarInt(_refusedPartitions);
        if (_partitionColumn >= 0)
        {
            writer.VarUInt((ulong)_partitions.Count);
            foreach (var partition in _partitions) writer.String(partition.Value!);
        }
        foreach (var partition in _partitions) partition.Write(writer);
        writer.VarUInt((ulong)Count);
        foreach (var category in _space.All) category.Write(writer);
    }

    /// <summary>Takes up a state into an object that has categorized nothing. The settings may be others, but for the fields.</summary>
    /// <exception cref="InvalidDataException">The bytes hold no state.</exception>
    internal void Read(ref ByteReader reader)
    {
        _refusedPartitions = reader.VarInt();
        if (_partitionColumn >= 0)
        {
            for (var left = reader.Count(1); left > 0; left--)
            {
                var value = reader.String();
                if (_numbers.ContainsKey(value)) throw new InvalidDataException("a partition appears twice");
                AddPartition(value);
            }
        }
        foreach (var partition in _partitions) partition.Read(ref reader);
        var categories = reader.Count(16);
        for (var id = 1; id <= categories; id++)
        {
            var category = Category.Read(ref reader, id, _partitions.Count);
            _space.Restore(category);
            _partitions[category.Partition].Restore(category);
        }
    }

    private CategoryDefinition Define(Category category) => category.Define(_space.Settings.PartitionFieldName, _partitions[category.Partition].Value);

    private PartitionStats Define(Categorizer partition) =>
        new(partition.Value, partition.Stats) { PartitionFieldName = _space.Settings.PartitionFieldName, IsStopped = partition.IsStopped };
}
