using System.Globalization;
using System.Text;
using MlActors.Analysis.Input;

namespace MlActors.Ingest;

/// <summary>
/// Makes batches of records whose fields come one by one, such as the cells of a table or the columns of a query. What a text is worth as a time, a
/// number or a word is what <see cref="RecordReader"/> takes the same text of a JSON record for; an empty one is a missing field.
/// Not thread-safe; the record is begun anew after each <c>Add</c>.
/// </summary>
public sealed class RowRecords
{
    // Longer than any number in its shortest form.
    private const int NumberBytes = 40;

    private readonly FieldPaths _paths;
    private readonly RecordTimes _times;
    private readonly BatchBuilder _builder;
    private readonly FieldToken[] _tokens;

    // What fields that are wanted as numbers alone were set to, and NaN where they were set by a text: no number has to go through one.
    private readonly double[] _numbers;
    private byte[] _bytes = new byte[1024];
    private int _used;

    /// <exception cref="ArgumentException">The time format is no format, or the schema has a column twice.</exception>
    public RowRecords(BatchSchema schema, RecordFormat format)
    {
        _paths = new FieldPaths(format.TimeField, schema);
        _times = new RecordTimes(format.TimeFormat);
        _builder = new BatchBuilder(schema, _paths, new RecordReaderOptions().MaxBatchBytes);
        _tokens = new FieldToken[_paths.Names.Count];
        _numbers = new double[_paths.Names.Count];
    }

    /// <summary>The fields that a record may have; the first is the time.</summary>
    public IReadOnlyList<string> Fields => _paths.Names;

    /// <summary>The place of a field; −1 when records do not have it.</summary>
    public int IndexOf(string field)
    {
        for (var i = 0; i < _paths.Names.Count; i++)
            if (_paths.Names[i] == field)
                return i;
        return -1;
    }

    /// <summary>Whether a batch must be cut before the next record is added.</summary>
    public bool IsFull => _builder.IsFull;

    /// <summary>Whether nothing was added and nothing counted since the last batch.</summary>
    public bool IsEmpty => _builder.IsEmpty;

    /// <summary>Gives the record a field, by its place in <see cref="Fields"/>.</summary>
    public void Set(int field, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Take(field, Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_used)));
    }

    /// <summary>The same with UTF-8.</summary>
    public void Set(int field, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(_used));
        Take(field, text.Length);
    }

    /// <summary>The same with a number; what is no finite one is a missing field.</summary>
    public void Set(int field, double number)
    {
        if (!double.IsFinite(number)) return;
        if (IsNumberAlone(field)) Take(field, number);
        else Set<double>(field, number);
    }

    public void Set(int field, long number)
    {
        if (IsNumberAlone(field)) Take(field, (double)number);
        else Set<long>(field, number);
    }

    public void Set(int field, decimal number) => Set<decimal>(field, number);

    public void Set(int field, bool value) => Set(field, value ? "true"u8 : "false"u8);

    /// <summary>The time that the record was given, epoch milliseconds; <c>null</c> when it has none that can be read.</summary>
    public long? TimeMs => _times.TryReadMs(_bytes, _tokens[FieldPaths.TimeField], out var ms) ? ms : null;

    /// <summary>Forgets the record that was being made.</summary>
    public void Clear()
    {
        Array.Clear(_tokens);
        _used = 0;
    }

    /// <summary>Adds the record; <c>false</c> when it has no readable time, and is only counted.</summary>
    /// <param name="fields">How many fields it had beside the time, used or not.</param>
    /// <param name="bytes">Its length in the input, in bytes.</param>
    public bool TryAdd(int fields, long bytes)
    {
        var seconds = _times.Read(_bytes, _tokens[FieldPaths.TimeField]);
        Append(seconds, fields, bytes);
        return seconds is not null;
    }

    /// <summary>Adds the record with a time that is known.</summary>
    /// <param name="timeMs">Epoch milliseconds.</param>
    public void Add(long timeMs, int fields, long bytes) => Append(RecordTimes.ToSeconds(timeMs), fields, bytes);

    /// <summary>The batch, and an empty one begins.</summary>
    public RecordBatch Cut() => _builder.Cut();

    private void Append(long? seconds, int fields, long bytes)
    {
        _builder.Take(seconds, fields, bytes, _bytes, _tokens, _numbers);
        Clear();
    }

    private bool IsNumberAlone(int field) => field != FieldPaths.TimeField && _builder.IsNumberAlone(field);

    private void Take(int field, double number)
    {
        _tokens[field] = new FieldToken { Kind = TokenKind.Number };
        _numbers[field] = number;
    }

    private void Set<T>(int field, T number)
        where T : IUtf8SpanFormattable
    {
        Reserve(NumberBytes);
        if (!number.TryFormat(_bytes.AsSpan(_used), out var length, default, CultureInfo.InvariantCulture))
            throw new InvalidOperationException($"a number takes more than {NumberBytes} bytes");
        Take(field, length);
    }

    private void Reserve(int length)
    {
        var most = _used + length + JsonLexer.Padding;
        if (most > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, most));
    }

    private void Take(int field, int length)
    {
        ref var token = ref _tokens[field];
        token = new FieldToken { Kind = TokenKind.Text, Start = _used, Length = length };
        _numbers[field] = double.NaN;
        // The lexer wants a zero byte behind a number.
        _bytes[_used + length] = 0;
        if (field == FieldPaths.TimeField && JsonLexer.Number(_bytes, _used, out var parts) == _used + length)
            token = token with { Kind = TokenKind.Number, Number = parts };
        _used += length + 1;
    }
}
