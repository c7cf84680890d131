using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Documents.Times;

namespace MlActors.Documents.Ingesting;

/// <summary>Checks documents on their way into one index and finds their time. Used by one thread at a time.</summary>
public sealed class DocumentInspector
{
    private readonly string _timeField;
    private readonly DateFormat _format;
    private readonly DocumentFields _fields;
    private readonly int _slot;
    private readonly TimeProvider _clock;

    public DocumentInspector(IndexInfo index, TimeProvider clock)
    {
        (_timeField, _clock) = (index.TimeField, clock);
        _format = index.Mapping.DateOf(_timeField) ?? DateFormat.Default;
        var paths = new FieldPaths();
        _slot = _timeField.Length == 0 ? -1 : paths.Add(_timeField);
        _fields = new DocumentFields(paths);
    }

    /// <returns>What is wrong with the document and what would be right; <c>null</c>: nothing.</returns>
    public string? Problem(ReadOnlySpan<byte> source, out long timeMs)
    {
        timeMs = 0;
        if (WellFormed(source) is { } malformed) return malformed;
        if (_slot < 0)
        {
            timeMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
            return null;
        }
        _fields.Read(source);
        var values = _fields.ValuesOf(_slot);
        if (values.Count == 0) return $"the document has no value of [{_timeField}], the time field of the index: give it a date";
        var first = values[0];
        var bytes = _fields.BytesOf(first, source);
        if (first.Kind is FieldKind.Text or FieldKind.Number && _format.TryParse(bytes, first.Kind == FieldKind.Number, out timeMs)) return null;
        var shown = first.Kind == FieldKind.Object ? "an object" : $"[{Queries.QueryReader.Shorten(Encoding.UTF8.GetString(bytes))}]";
        return $"failed to parse field [{_timeField}] of type [date]: {shown} is not a date of the form [{_format.Text}]";
    }

    /// <summary>Whether it is one JSON object in UTF-8 and nothing else.</summary>
    public static string? WellFormed(ReadOnlySpan<byte> source)
    {
        try
        {
            if (!Utf8.IsValid(source)) return "the document is not UTF-8";
            var reader = new Utf8JsonReader(source, new JsonReaderOptions { MaxDepth = DocumentFields.MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return "the document must be a JSON object";
            reader.Skip();
            return reader.Read() ? "something stands behind the document" : null;
        }
        catch (JsonException e)
        {
            return $"the document is malformed JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
        }
    }
}
