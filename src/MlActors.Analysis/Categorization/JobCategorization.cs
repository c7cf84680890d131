using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;

namespace MlActors.Analysis.Categorization;

/// <summary>
/// The categorization of a job: turns its text column into a column of category ids.
/// <para>
/// For each batch the analysis calls <see cref="Begin"/> and lets every detector and influencer that names
/// <see cref="CategorizationSettings.CategoryField"/> read the column it returns, as if it had come with the batch; the schema of the input has the text
/// field (and the partition field) and never the category field, whatever the records hold under that name. The code of a record is there when
/// <see cref="Categorize"/> was called for it, which the analysis does when the record's turn comes: so memory is given out in the order of the records
/// and it makes no difference how they are cut into batches. Records that the analysis leaves out, those that come too late above all, have no part.
/// A record without a text, or without room for its category, has no category (code −1). One of a stopped partition is
/// <see cref="Column.Withheld"/> from all that name the category.
/// </para>
/// <para>
/// <see cref="TakeNews"/> gives what is to be stored: without counts beside the results of the batch, with counts at a flush, at a close and before a
/// state is saved, so that the stored categories are never older than the state. After a restore all categories are news once: those stored may be
/// of a later state. What categories and partitions take is in the job's <see cref="MemoryBudget"/>.
/// </para>
/// </summary>
public sealed partial class JobCategorization
{
    private readonly CategorySpace _space;
    private readonly int _textColumn;
    private readonly int _partitionColumn;
    private readonly List<Categorizer> _partitions = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    private long _batch;
    private Column _texts;
    private Column _values;
    private int[] _codes = [];
    private string[] _dictionary = [];
    private int _seenCount;
    private int[] _partitionOfCode = [];
    private long _refusedPartitions;

    /// <param name="schema">The columns of the batches.</param>
    /// <param name="memoryLimit">In bytes: nothing is created beyond it.</param>
    /// <exception cref="ArgumentException">The schema lacks a field of the settings.</exception>
    public JobCategorization(CategorizationSettings settings, BatchSchema schema, long memoryLimit)
        : this(settings, schema, new MemoryBudget(memoryLimit))
    {
    }

    internal JobCategorization(CategorizationSettings settings, BatchSchema schema, MemoryBudget memory)
    {
        _space = new CategorySpace(settings, memory);
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

    /// <summary>Of all partitions together.</summary>
    public CategorizationStats Stats =>
        _partitions.Aggregate(new CategorizationStats { FailedCategories = _refusedPartitions }, (sum, partition) => sum + partition.Stats);

    /// <summary>In order of discovery.</summary>
    public IReadOnlyList<PartitionStats> PartitionStats => _partitions.ConvertAll(Define);

    /// <summary>All categories in order of id, reported or not.</summary>
    public IReadOnlyList<CategoryDefinition> Categories => [.. _space.All.Select(Define)];

    /// <summary>How texts are read from now on. Not part of the state: whoever restores it says it again.</summary>
    /// <exception cref="ArgumentException">A filter has a <see cref="TextFilter.Problem"/>.</exception>
    public void Use(TextRules rules) => _space.Rules = rules;

    /// <summary>
    /// Takes in a batch. The column is valid until the next call, and holds the codes of the records that <see cref="Categorize"/> was called for, in
    /// any number of calls but in their order.
    /// </summary>
    public Column Begin(RecordBatch batch)
    {
        _batch++;
        _seenCount = 0;
        if (_codes.Length < batch.Count)
        {
            var room = Math.Max(batch.Count, Math.Min(RecordBatch.MaxRecords, 2 * _codes.Length));
            (_codes, _dictionary) = (new int[room], new string[room]);
        }
        _texts = batch.Columns[_textColumn];
        if (_partitionColumn >= 0) BeginPartitions(batch.Columns[_partitionColumn]);
        return Column.OfText(_codes, _dictionary);
    }

    /// <summary>Puts the category of a record of the batch into the column.</summary>
    /// <returns>False when it needed something new that there was no memory for.</returns>
    public bool Categorize(int record)
    {
        _space.Refused = false;
        _codes[record] = Find(record);
        return !_space.Refused;
    }

    /// <summary>Lets go of the batch.</summary>
    public void Release() => (_texts, _values) = (default, default);

    private int Find(int record)
    {
        var partition = PartitionOf(record);
        if (partition < 0) return -1;
        if (_partitions[partition].IsStopped) return Column.Withheld;
        var text = _texts.Codes![record];
        return text < 0 || _partitions[partition].Categorize(_texts.Dictionary![text]) is not { } category ? -1 : CodeOf(category);
    }

    private void BeginPartitions(Column values)
    {
        _values = values;
        var count = values.Dictionary!.Length + 1;
        if (_partitionOfCode.Length < count) _partitionOfCode = new int[2 * count];
        _partitionOfCode.AsSpan(0, count).Clear();
    }

    // Strings are looked up once a batch and not once a record. A record without a value is of the partition of the empty string, as everywhere.
    private int PartitionOf(int record)
    {
        if (_partitionColumn < 0) return 0;
        var code = _values.Codes![record];
        ref var known = ref _partitionOfCode[code + 1];
        if (known > 0) return known - 1;
        var value = code < 0 ? "" : _values.Dictionary![code];
        if (!_numbers.TryGetValue(value, out var number))
        {
            if (!_space.HasRoomForNew(Categorizer.BytesFor(value)))
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
        _dictionary[_seenCount] = category.IdText;
        (category.Batch, category.Code) = (_batch, _seenCount);
        return _seenCount++;
    }
}
