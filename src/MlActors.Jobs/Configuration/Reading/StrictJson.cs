using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace MlActors.Jobs.Configuration.Reading;

/// <summary>Reads a request body as exactly one JSON object; what is wrong is said with its line and column, both from 1.</summary>
public static class StrictJson
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <returns>The object; it does not depend on <paramref name="body"/> any more.</returns>
    /// <exception cref="InvalidConfigException">It is not a JSON object.</exception>
    public static JsonElement ReadObject(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith(ByteOrderMark)) body = body[ByteOrderMark.Length..];
        if (body.IsEmpty) throw Malformed("is empty: a JSON object is required");
        if (!Utf8.IsValid(body)) throw Malformed("is not UTF-8 text");
        try
        {
            CheckTokens(body);
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Malformed($"must be a JSON object, not {JsonNames.Of(document.RootElement)}");
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}");
            var what = e.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd();
            throw Malformed($"is not valid JSON at {where}: {what}");
        }
    }

    // Reads to the very end, so that nothing may follow the object. And an escaped half of a surrogate pair is valid JSON that no string can
    // hold; it would be found only when the string is used.
    private static void CheckTokens(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped) continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw Malformed("is not valid JSON " + Position(body, reader.TokenStartIndex) + ": a \\u escape is half of a surrogate pair");
            }
        }
    }

    private static string Position(ReadOnlySpan<byte> body, long index)
    {
        var before = body[..(int)index];
        var line = before.Count((byte)'\n') + 1;
        return string.Create(CultureInfo.InvariantCulture, $"at line {line}, column {before.Length - before.LastIndexOf((byte)'\n')}");
    }

    private static InvalidConfigException Malformed(string message) => new([new("", "the request body " + message, ProblemKind.XContentParse)]);
}

/// <summary>How messages name the kinds of JSON values.</summary>
internal static class JsonNames
{
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
