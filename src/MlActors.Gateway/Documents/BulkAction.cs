using System.Text;
using System.Text.Json;
using MlActors.Documents.Store;
using MlActors.Gateway.Errors;

namespace MlActors.Gateway.Documents;

/// <summary>One action line of a bulk request.</summary>
/// <param name="Name"><c>index</c>, <c>create</c>, <c>delete</c> or <c>update</c>.</param>
/// <param name="Problem">Why the item is refused, though the line can be read.</param>
internal readonly record struct BulkAction(string Name, string? Index, string? Id, string? Problem)
{
    public WriteKind Kind => Name switch { "create" => WriteKind.Create, "delete" => WriteKind.Delete, _ => WriteKind.Index };

    public bool HasSource => Name != "delete";

    /// <exception cref="ApiException">400: it is no action; where lines go together is unknown from there on.</exception>
    public static BulkAction Read(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Malformed(number, "it must be an object such as {\"index\": {}}");
            if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName) throw Malformed(number, "it names no action");
            var name = reader.GetString()!;
            if (name is not ("index" or "create" or "delete" or "update"))
                throw Malformed(number, $"it has the action [{Shorten(name)}]; known are [create, delete, index, update]");
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Malformed(number, $"[{name}] must be an object");
            var action = ReadMetadata(ref reader, new BulkAction(name, null, null, name == "update" ? "[update] is not supported: send the whole document with [index]" : null), number);
            if (!reader.Read() || reader.TokenType != JsonTokenType.EndObject || reader.Read()) throw Malformed(number, "it must have one action and nothing behind it");
            return action;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Malformed(number, "it is malformed JSON");
        }
    }

    private static BulkAction ReadMetadata(ref Utf8JsonReader reader, BulkAction action, long number)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                // An empty object of templates is what some shippers always send.
                var empty = key == "dynamic_templates" && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.EndObject;
                if (!empty) throw Malformed(number, $"[{Shorten(key)}] must be a single value");
                continue;
            }
            var text = reader.TokenType switch
            {
                JsonTokenType.Null => null,
                JsonTokenType.String => reader.GetString(),
                _ => Encoding.UTF8.GetString(reader.ValueSpan),
            };
            action = key switch
            {
                "_index" => action with { Index = text },
                "_id" => action with { Id = text, Problem = action.Problem ?? IdProblem(text) },
                // There are no types and no shards; with aliases absent, none can be required.
                "_type" or "routing" or "_routing" or "retry_on_conflict" => action,
                "require_alias" or "require_data_stream" or "list_executed_pipelines" when text is "false" or null => action,
                "pipeline" when string.IsNullOrEmpty(text) || text == "_none" => action,
                _ => action with { Problem = action.Problem ?? $"[{Shorten(key)}] is not supported in a bulk request; leave it out" },
            };
        }
        return action;
    }

    /// <returns>What is wrong with an id that was given.</returns>
    public static string? IdProblem(string? id) => id switch
    {
        null => null,
        "" => "[_id] is empty; leave it out to have one made",
        _ when Encoding.UTF8.GetByteCount(id) > DocumentId.MaxBytes => $"[_id] is longer than {DocumentId.MaxBytes} bytes",
        _ => null,
    };

    private static ApiException Malformed(long number, string what) =>
        ApiException.IllegalArgument($"malformed action/metadata line [{number}]: {what}");

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
