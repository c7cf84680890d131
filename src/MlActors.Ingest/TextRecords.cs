using System.Text;
using MlActors.Analysis.Input;

namespace MlActors.Ingest;

/// <summary>
/// Makes batches of records whose fields come as texts, one by one, such as the cells of a table. What a text is worth as a time, a number or
/// a word is what <see cref="RecordReader"/> takes the same text of a JSON record for; an empty one is a missing field.
/// Not thread-safe; the record is begun anew after each <see cref="TryAdd"/>.
/// </summary>
public sealed class TextRecords
{
    private readonly FieldPaths _paths;
    private readonly RecordTimes _times;
    private readonly BatchBuilder _builder;
    private readonly FieldToken[] _tokens;
    private byte[] _bytes = new byte[1024];
    private int _used;

    /// <exception cref="ArgumentException">The time format is no format, or the schema has a column twice.</exception>
    public TextRecords(BatchSchema schema, RecordFormat format)
    {
        _paths = new FieldPaths(format.TimeField, schema);
        _times = new RecordTimes(format.TimeFormat);
        _builder = new BatchBuilder(schema, _paths, new RecordReaderOptions().MaxBatchBytes);
        _tokens = new FieldToken[_paths.Names.Count];
    }

    /// <summary>The fields that a record may have; the first is the time.</summary>
    public IReadOnlyList<string> Fields => _paths.Names;

    /// <summary>Whether a batch must be cut before the next record is added.</summary>
    public bool IsFull => _builder.IsFull;

    /// <summary>Whether nothing was added and nothing counted since the last batch.</summary>
    public bool IsEmpty => _builder.IsEmpty;

    /// <summary>Gives the record a field, by its place in <see cref="Fields"/>.</summary>
    public void Set(int field, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        var most = _used + Encoding.UTF8.GetMaxByteCount(text.Length) + JsonLexer.Padding;
        if (most > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, most));
        var length = Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_used));
        ref var token = ref _tokens[field];
        token = new FieldToken { Kind = TokenKind.Text, Start = _used, Length = length };
        // The lexer wants a zero byte behind a number.
        _bytes[_used + length] = 0;
        if (field == FieldPaths.TimeField && JsonLexer.Number(_bytes, _used, out var parts) == _used + length)
            token = token with { Kind = TokenKind.Number, Number = parts };
        _used += length + 1;
    }

    /// <summary>Adds the record; <c>false</c> when it has no readable time, and is only counted.</summary>
    /// <param name="fields">How many fields it had beside the time, used or not.</param>
    /// <param name="bytes">Its length in the input, in bytes.</param>
    public bool TryAdd(int fields, long bytes)
    {
        var dated = _times.TryRead(_bytes, _tokens[FieldPaths.TimeField], out var seconds);
        _builder.Count(new InputCounts
        {
            InputBytes = bytes,
            InputFields = fields,
            InvalidDates = dated ? 0 : 1,
            MissingFields = dated ? _builder.Append(seconds, _bytes, _tokens) : 0,
        });
        Array.Clear(_tokens);
        _used = 0;
        return dated;
    }

    /// <summary>The batch, and an empty one begins.</summary>
    public RecordBatch Cut() => _builder.Cut();
}
