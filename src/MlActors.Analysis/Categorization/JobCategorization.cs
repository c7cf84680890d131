using MlActors.Analysis.Binary;
using MlActors.Analysis.Input;

namespace MlActors.Analysis.Categorization;

/// <summary>
/// The categorization of a job: turns its text column into a column of category ids.
/// <para>
/// For each batch the analysis calls <see cref="Categorize"/> once, before the records go into buckets, and lets every detector and influencer that
/// names <see cref="CategorizationSettings.CategoryField"/> read the column it returns, as if it had come with the batch; the schema of the input has
/// the text field (and the partition field) and never the category field, whatever the records hold under that name. The column depends on the order
/// of the records alone, not on how they are cut into batches, so records that come too late for their bucket are categorized like the others.
/// A record without a text, without room for its category, or of a stopped partition has no category (code −1); of a stopped partition the detectors
/// that name the category must see nothing even with <c>use_null</c>, see <see cref="IsStopped"/>.
/// </para>
/// <para>
/// <see cref="TakeNews"/> gives what is to be stored: without counts beside the results of the batch, with counts at a flush, at a close and before a
/// state is saved, so that the stored categories are never older than the state. After a restore all categories are news once: those stored may be
/// of a later state, and categories above <see cref="Count"/> are to be removed. <see cref="Version"/> tells whether <see cref="Stats"/> changed.
/// <see cref="Bytes"/> is part of the job's model bytes; its limit is <see cref="CategorizationSettings.MemoryLimit"/>.
/// </para>
/// </summary>
public sealed class JobCategorization
{
    private readonly CategorySpace _space;
    private readonly int _textColumn;
    private readonly int _partitionColumn;
    private readonly List<Categorizer> _partitions = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    private long _batch;
    private int[] _codes = [];
    private string[] _dictionary = [];
    private Category[] _seen = [];
    private int _seenCount;
    private int[] _partitionOfCode = [];
    private long _refusedPartitions;

    /// <param name="schema">The columns of the batches.</param>
    /// <exception cref="ArgumentException">The schema lacks a field of the settings.</exception>
    public JobCategorization(CategorizationSettings settings, BatchSchema schema)
    {
        _space = new CategorySpace(settings);
        _textColumn = schema.IndexOf(settings.FieldName, FieldKind.Text);
        _partitionColumn = settings.PartitionFieldName is null ? -1 : schema.IndexOf(settings.PartitionFieldName, FieldKind.Text);
        if (_textColumn < 0 || (_partitionColumn < 0 && settings.PartitionFieldName is not null))
            throw new ArgumentException("the schema lacks a field of the categorization", nameof(schema));
        if (settings.PartitionFieldName is null) AddPartition(null);
    }

    /// <summary>Number of categories; the highest id.</summary>
    public int Count => _space.All.Count;

    /// <summary>What categories and partitions take. The same after a restore.</summary>
    public long Bytes => _space.Bytes;

    /// <summary>Grows whenever statistics change.</summary>
    public long Version
    {
        get
        {
            var version = _refusedPartitions;
            foreach (var partition in _partitions) version += partition.Version;
            return version;
        }
    }

    /// <summary>Of all partitions together.</summary>
    public CategorizationStats Stats =>
        _partitions.Aggregate(new CategorizationStats { FailedCategories = _refusedPartitions }, (sum, partition) => sum + partition.Stats);

    /// <summary>In order of discovery.</summary>
    public IReadOnlyList<PartitionStats> PartitionStats => [.. _partitions.Select(partition => new PartitionStats(partition.Value, partition.Stats))];

    /// <summary>Whether the texts of a partition are left alone because its status is to warn.</summary>
    public bool IsStopped(string partition) => _numbers.TryGetValue(partition, out var number) && _partitions[number].IsStopped;

    /// <summary>The category of each record of a batch. The column is valid until the next call.</summary>
    public Column Categorize(RecordBatch batch)
    {
        Bind(batch);
        var texts = batch.Columns[_textColumn];
        var partitions = _partitionColumn < 0 ? default : batch.Columns[_partitionColumn];
        for (var record = 0; record < batch.Count; record++)
        {
            var text = texts.Codes![record];
            var partition = PartitionOf(partitions, record);
            _codes[record] = text < 0 || partition < 0 || _partitions[partition].Categorize(texts.Dictionary![text]) is not { } category ? -1 : CodeOf(category);
        }
        if (_dictionary.Length != _seenCount) _dictionary = new string[_seenCount];
        for (var i = 0; i < _seenCount; i++) _dictionary[i] = _seen[i].IdText;
        return Column.OfText(_codes, _dictionary);
    }

    /// <summary>The categories that are new or have changed since they were last taken, in order of id.</summary>
    /// <param name="counts">Also those of which only the number of matches changed.</param>
    public IReadOnlyList<CategoryDefinition> TakeNews(bool counts) => _space.TakeNews(counts).ConvertAll(Define);

    /// <summary>All categories in order of id, reported or not.</summary>
    public IReadOnlyList<CategoryDefinition> Categories => [.. _space.All.Select(Define)];

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

    private void Bind(RecordBatch batch)
    {
        _batch++;
        _seenCount = 0;
        if (_codes.Length < batch.Count) _codes = new int[Math.Max(batch.Count, Math.Min(RecordBatch.MaxRecords, 2 * _codes.Length))];
        if (_partitionColumn < 0) return;
        var values = batch.Columns[_partitionColumn].Dictionary!.Length + 1;
        if (_partitionOfCode.Length < values) _partitionOfCode = new int[2 * values];
        _partitionOfCode.AsSpan(0, values).Clear();
    }

    // Strings are looked up once a batch and not once a record. A record without a value is of the partition of the empty string, as everywhere.
    private int PartitionOf(Column column, int record)
    {
        if (_partitionColumn < 0) return 0;
        var code = column.Codes![record];
        ref var known = ref _partitionOfCode[code + 1];
        if (known > 0) return known - 1;
        var value = code < 0 ? "" : column.Dictionary![code];
        if (!_numbers.TryGetValue(value, out var number))
        {
            if (!_space.HasRoomFor(Categorizer.BytesFor(value)))
            {
                _refusedPartitions++;
                return -1;
            }
            number = AddPartition(value);
        }
        known = number + 1;
        return number;
    }

    private int AddPartition(string? value)
    {
        _partitions.Add(new Categorizer(_space, _partitions.Count, value));
        _space.Take(_partitions[^1].Bytes);
        if (value is not null) _numbers.Add(value, _partitions.Count - 1);
        return _partitions.Count - 1;
    }

    private int CodeOf(Category category)
    {
        if (category.Batch == _batch) return category.Code;
        if (_seenCount == _seen.Length) Array.Resize(ref _seen, Math.Max(16, 2 * _seenCount));
        _seen[_seenCount] = category;
        (category.Batch, category.Code) = (_batch, _seenCount);
        return _seenCount++;
    }

    private CategoryDefinition Define(Category category) => category.Define(_space.Settings.PartitionFieldName, _partitions[category.Partition].Value);
}
