using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace MlActors.Documents.Matching;

public enum FieldKind : byte { Text, Number, Boolean, Object }

/// <summary>Where a value stands: in the document, or in the scratch bytes when it had to be unescaped.</summary>
public readonly record struct FieldValue(FieldKind Kind, bool InScratch, int Start, int Length);

/// <summary>
/// The values of the wanted fields of one document after another, found in one pass without allocating. Lists count as several values, nulls as none;
/// an object with anything in it is a value of kind <see cref="FieldKind.Object"/>. Used by one thread at a time.
/// </summary>
public sealed class DocumentFields
{
    /// <summary>Deepest nesting of a document.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    private readonly FieldPaths _paths;
    private readonly List<FieldValue>[] _slots;
    private readonly ArrayBufferWriter<byte> _scratch = new();

    public DocumentFields(FieldPaths paths)
    {
        _paths = paths;
        _slots = new List<FieldValue>[paths.Count];
        for (var i = 0; i < _slots.Length; i++) _slots[i] = [];
    }

    public void Read(ReadOnlySpan<byte> source)
    {
        if (_slots.Length == 0) return;
        foreach (var slot in _slots) slot.Clear();
        _scratch.ResetWrittenCount();
        var reader = new Utf8JsonReader(source, Options);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, _paths.Root, look: _paths.AnySlot >= 0);
    }

    public List<FieldValue> ValuesOf(int slot) => _slots[slot];

    /// <param name="source">The document that was read.</param>
    public ReadOnlySpan<byte> BytesOf(in FieldValue value, ReadOnlySpan<byte> source) =>
        (value.InScratch ? _scratch.WrittenSpan : source).Slice(value.Start, value.Length);

    public bool TryGetNumber(in FieldValue value, ReadOnlySpan<byte> source, out double number)
    {
        number = 0;
        if (value.Kind is not (FieldKind.Number or FieldKind.Text)) return false;
        var bytes = BytesOf(value, source);
        return Utf8Parser.TryParse(bytes, out number, out var length) && length == bytes.Length && length > 0 && double.IsFinite(number);
    }

    public string TextOf(in FieldValue value, ReadOnlySpan<byte> source) => Encoding.UTF8.GetString(BytesOf(value, source));

    // look: values are of interest although their path is not.
    private bool ReadObject(ref Utf8JsonReader reader, PathNode? node, bool look)
    {
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (child, passed) = node is null ? default : Advance(ref reader, node);
            reader.Read();
            if (child is null && passed is null && !look)
            {
                reader.Skip();
                continue;
            }
            var here = ReadValue(ref reader, child, look || passed is not null);
            found |= here;
            // A dotted name is an object within an object: those between exist, too.
            for (; here && passed is not null; passed = passed.Parent is { } parent && parent != node ? parent.NearestWanted(node!) : null)
                foreach (var slot in passed.Slots) _slots[slot].Add(new FieldValue(FieldKind.Object, false, 0, 0));
        }
        return found;
    }

    private bool ReadValue(ref Utf8JsonReader reader, PathNode? node, bool look)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var found = ReadObject(ref reader, node, look || node is { Slots.Count: > 0 });
                if (found && node is not null)
                    foreach (var slot in node.Slots) _slots[slot].Add(new FieldValue(FieldKind.Object, false, 0, 0));
                return found;
            case JsonTokenType.StartArray:
                var any = false;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) any |= ReadValue(ref reader, node, look);
                return any;
            case JsonTokenType.Null:
                return false;
            default:
                Add(ref reader, node);
                return true;
        }
    }

    private void Add(ref Utf8JsonReader reader, PathNode? node)
    {
        if (_paths.AnySlot < 0 && node is not { Slots.Count: > 0 }) return;
        var kind = reader.TokenType switch
        {
            JsonTokenType.String => FieldKind.Text,
            JsonTokenType.Number => FieldKind.Number,
            _ => FieldKind.Boolean,
        };
        var value = kind == FieldKind.Text && reader.ValueIsEscaped
            ? Unescape(ref reader)
            : new FieldValue(kind, false, (int)reader.TokenStartIndex + (kind == FieldKind.Text ? 1 : 0), reader.ValueSpan.Length);
        if (_paths.AnySlot >= 0) _slots[_paths.AnySlot].Add(value);
        if (node is null) return;
        foreach (var slot in node.Slots) _slots[slot].Add(value);
    }

    private FieldValue Unescape(ref Utf8JsonReader reader)
    {
        var length = CopyUnescaped(ref reader, _scratch.GetSpan(reader.ValueSpan.Length));
        var value = new FieldValue(FieldKind.Text, true, _scratch.WrittenCount, length);
        _scratch.Advance(length);
        return value;
    }

    // The node of the property, and the innermost wanted one that its dotted name passes on the way.
    private (PathNode? Child, PathNode? Passed) Advance(ref Utf8JsonReader reader, PathNode node)
    {
        PathNode? passed;
        if (!reader.ValueIsEscaped) return (node.Advance(reader.ValueSpan, out passed), passed);
        var name = _scratch.GetSpan(reader.ValueSpan.Length);
        return (node.Advance(name[..CopyUnescaped(ref reader, name)], out passed), passed);
    }

    // Escaped halves of a surrogate pair without the other half are no text; such a value equals nothing.
    private static int CopyUnescaped(ref Utf8JsonReader reader, Span<byte> target)
    {
        try
        {
            return reader.CopyString(target);
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }
}
