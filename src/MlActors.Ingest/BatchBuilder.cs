using MlActors.Analysis.Geography;
using MlActors.Analysis.Input;

namespace MlActors.Ingest;

/// <summary>Collects the records of a batch in columns.</summary>
internal sealed class BatchBuilder
{
    private const int FirstRows = 256;

    // UTF-8 bytes of texts that all columns together may keep from one batch to the next.
    private const int MaxKeptBytes = 2 << 20;

    private readonly BatchSchema _schema;
    private readonly Place[] _places;
    private readonly bool[] _isNumberAlone;
    private readonly double[]?[] _numbers;
    private readonly int[]?[] _codes;
    private readonly TextInterner?[] _interners;
    private readonly TokenValues _values = new();
    private readonly int _maxBytes;
    private readonly int _rowBytes;
    private long[] _times = new long[FirstRows];
    private int _count;
    private long _textBytes;
    private InputCounts _counts;

    /// <exception cref="ArgumentException">The schema has the same column twice.</exception>
    public BatchBuilder(BatchSchema schema, FieldPaths paths, int maxBytes)
    {
        if (schema.Fields.Distinct().Count() != schema.Fields.Length) throw new ArgumentException("A column appears twice", nameof(schema));
        _schema = schema;
        _maxBytes = maxBytes;
        _places = [.. paths.Names
            .Select((name, field) => PlaceOf(schema, name, field))
            .Where(place => place.Number >= 0 || place.Text >= 0 || place.Point >= 0)];
        _isNumberAlone = [.. paths.Names.Select((name, field) => PlaceOf(schema, name, field) is { Number: >= 0, Text: < 0, Point: < 0 })];
        var texts = schema.Fields.Count(field => field.Kind != FieldKind.Number);
        _numbers = [.. schema.Fields.Select(field => field.Kind == FieldKind.Number ? new double[FirstRows] : null)];
        _codes = [.. schema.Fields.Select(field => field.Kind != FieldKind.Number ? new int[FirstRows] : null)];
        _interners = [.. schema.Fields.Select(field => field.Kind != FieldKind.Number ? new TextInterner(MaxKeptBytes / texts) : null)];
        _rowBytes = sizeof(long) + texts * sizeof(int) + (schema.Fields.Length - texts) * sizeof(double);
    }

    /// <summary>Whether the next record must go into another batch.</summary>
    public bool IsFull => _count == RecordBatch.MaxRecords || _count * (long)_rowBytes + _textBytes >= _maxBytes;

    /// <summary>Whether nothing was added and nothing counted.</summary>
    public bool IsEmpty => _count == 0 && _counts == default;

    /// <summary>Whether a field, by its place, goes into a column of numbers and no other.</summary>
    public bool IsNumberAlone(int field) => _isNumberAlone[field];

    public void Count(in InputCounts counts) => _counts += counts;

    /// <summary>Counts a record, and adds it if it has a time.</summary>
    /// <param name="seconds">Its time; <c>null</c> when it has none that can be read.</param>
    /// <param name="fields">How many fields it had beside the time, used or not.</param>
    /// <param name="inputBytes">Its length in the input.</param>
    /// <param name="bytes">What the tokens point into.</param>
    /// <param name="numbers">What fields are worth that are known as numbers, NaN for the others; may be empty.</param>
    public void Take(long? seconds, int fields, long inputBytes, ReadOnlySpan<byte> bytes, ReadOnlySpan<FieldToken> tokens, ReadOnlySpan<double> numbers = default) => Count(new InputCounts
    {
        InputBytes = inputBytes,
        InputFields = fields,
        InvalidDates = seconds is null ? 1 : 0,
        MissingFields = seconds is { } time ? Append(time, bytes, tokens, numbers) : 0,
    });

    /// <summary>Adds a record.</summary>
    /// <param name="seconds">Its time.</param>
    /// <param name="bytes">What the tokens point into.</param>
    /// <returns>How many fields of the schema it lacks.</returns>
    private int Append(long seconds, ReadOnlySpan<byte> bytes, ReadOnlySpan<FieldToken> tokens, ReadOnlySpan<double> numbers)
    {
        var row = _count;
        if (row == _times.Length) Grow();
        _times[row] = seconds;
        var missing = 0;
        foreach (ref readonly var place in _places.AsSpan())
        {
            ref readonly var token = ref tokens[place.Field];
            var lacks = token.Kind == TokenKind.None;
            if (place.Number >= 0)
            {
                var value = lacks ? double.NaN : numbers.IsEmpty || double.IsNaN(numbers[place.Field]) ? _values.Number(bytes, token) : numbers[place.Field];
                _numbers[place.Number]![row] = value;
                lacks |= double.IsNaN(value);
            }
            if (place.Text >= 0) _codes[place.Text]![row] = token.Kind == TokenKind.None ? -1 : Intern(place.Text, JsonText.First(_values.Text(bytes, token), place.MaxLength));
            if (place.Point >= 0)
            {
                var text = token.Kind == TokenKind.None ? [] : _values.Text(bytes, token);
                var isPoint = GeoPoint.TryParse(text, out _);
                _codes[place.Point]![row] = isPoint ? Intern(place.Point, text) : -1;
                lacks |= !isPoint;
            }
            if (lacks) missing++;
        }
        _count = row + 1;
        return missing;
    }

    /// <summary>The batch, and an empty one begins.</summary>
    public RecordBatch Cut()
    {
        var columns = new Column[_schema.Fields.Length];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = _numbers[i] is { } numbers
                ? Column.OfNumbers(FirstOf(numbers))
                : Column.OfText(FirstOf(_codes[i]!), _interners[i]!.TakeDictionary());
        var batch = new RecordBatch(_schema, _count, FirstOf(_times), columns, _counts);
        _count = 0;
        _textBytes = 0;
        _counts = default;
        return batch;
    }

    private int Intern(int column, ReadOnlySpan<byte> text)
    {
        var interner = _interners[column]!;
        var before = interner.BatchBytes;
        var code = interner.CodeOf(text);
        _textBytes += interner.BatchBytes - before;
        return code;
    }

    private T[] FirstOf<T>(T[] values)
        where T : unmanaged
    {
        var copy = GC.AllocateUninitializedArray<T>(_count);
        values.AsSpan(0, _count).CopyTo(copy);
        return copy;
    }

    private void Grow()
    {
        var rows = Math.Min(_times.Length * 2, RecordBatch.MaxRecords);
        Array.Resize(ref _times, rows);
        for (var i = 0; i < _numbers.Length; i++)
        {
            if (_numbers[i] is not null) Array.Resize(ref _numbers[i], rows);
            else Array.Resize(ref _codes[i], rows);
        }
    }

    private static Place PlaceOf(BatchSchema schema, string name, int field)
    {
        var text = schema.IndexOf(name, FieldKind.Text);
        return new Place(field, schema.IndexOf(name, FieldKind.Number), text, schema.IndexOf(name, FieldKind.Point), text < 0 ? 0 : schema.Fields[text].MaxLength);
    }

    // Where the values of a field go; −1 for a column that there is not.
    private readonly record struct Place(int Field, int Number, int Text, int Point, int MaxLength);
}
