using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlActors.Gateway.Errors;

namespace MlActors.Gateway.Api;

/// <summary>Reads the parameters of a request from its query and body. Strict: an unknown name, a second value or a wrong type is a 400.</summary>
public static class ArgumentReader
{
    /// <summary>Keys that stand twice in an object are refused: which one counts would depend on the reader.</summary>
    internal static JsonDocumentOptions JsonOptions { get; } = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static Arguments Read(ApiEndpoint endpoint, string path, IQueryCollection query, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var arguments = new Arguments();
        ReadQuery(arguments, endpoint, path, query, now);
        if (endpoint.Body == BodyKind.Arguments && !body.IsEmpty) ReadBody(arguments, endpoint, path, body, now);
        return arguments;
    }

    private static void ReadQuery(Arguments arguments, ApiEndpoint endpoint, string path, IQueryCollection query, DateTimeOffset now)
    {
        foreach (var (name, values) in query)
        {
            var parameter = endpoint.In(ParameterPlace.Query).Concat(Parameters.Common).FirstOrDefault(known => known.Name == name)
                ?? throw Unknown("parameter", name, $"in the query of [{path}]", endpoint.QueryNames);
            if (values.Count > 1) throw ApiException.IllegalArgument($"[{name}] is given {values.Count} times in the query; give it once");
            arguments.TryAdd(name, parameter.Parse(values.ToString(), "query", now));
        }
    }

    private static void ReadBody(Arguments arguments, ApiEndpoint endpoint, string path, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        using var document = ParseJson(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw ApiException.Parse($"the body of [{path}] must be a JSON object, not {NameOf(document.RootElement)}");
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var parameter = endpoint.In(ParameterPlace.Body).FirstOrDefault(known => known.Name == property.Name)
                ?? throw Unknown("field", property.Name, $"in the body of [{path}]", endpoint.BodyNames);
            if (property.Value.ValueKind == JsonValueKind.Null) continue;
            var value = parameter.IsObject ? ReadPage(property, now) : parameter.Parse(TextOf(property), "body", now);
            if (!arguments.TryAdd(parameter.Name, value))
                throw ApiException.IllegalArgument($"[{parameter.Name}] is given in the query and in the body; give it in one of the two");
        }
    }

    private static Page ReadPage(JsonProperty property, DateTimeOffset now)
    {
        if (property.Value.ValueKind != JsonValueKind.Object)
            throw ApiException.IllegalArgument($"[{property.Name}] in the body must be an object with from and size, not {NameOf(property.Value)}");
        var page = new Page(null, null);
        foreach (var member in property.Value.EnumerateObject())
        {
            page = member.Name switch
            {
                "from" => page with { From = (int)Parameters.From.Parse(TextOf(member), "body", now) },
                "size" => page with { Size = (int)Parameters.Size.Parse(TextOf(member), "body", now) },
                _ => throw Unknown("field", member.Name, $"in [{property.Name}] of the body", ["from", "size"]),
            };
        }
        return page;
    }

    // A list may be written as an array; everything else is a scalar whose text is what the query would have.
    private static string TextOf(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.String => property.Value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => property.Value.GetRawText(),
        JsonValueKind.Array when property.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            string.Join(',', property.Value.EnumerateArray().Select(item => item.GetString())),
        _ => throw ApiException.IllegalArgument($"[{property.Name}] in the body must be a single value, not {NameOf(property.Value)}"),
    };

    /// <exception cref="ApiException">400: it is not JSON; says where.</exception>
    internal static JsonDocument ParseJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, JsonOptions);
        }
        catch (JsonException malformed)
        {
            var duplicate = malformed.Message.Contains("Duplicate", StringComparison.Ordinal) ? "a field stands twice in an object, or " : "";
            throw ApiException.Parse($"{duplicate}{ErrorMapping.MalformedJson(malformed)} in the body", malformed);
        }
    }

    /// <summary>The 400 for a name that is not known: lists what is, and the nearest of it.</summary>
    internal static ApiException Unknown(string what, string name, string where, IEnumerable<string> accepted)
    {
        var names = accepted.Order(StringComparer.Ordinal).ToList();
        var nearest = NearestName.Find(name, names);
        return ApiException.IllegalArgument(
            $"unknown {what} [{name}] {where}" +
            (nearest is null ? "" : $"; did you mean [{nearest}]?") +
            (names.Count == 0 ? "; none is accepted" : $"{(nearest is null ? ";" : "")} accepted: [{string.Join(", ", names)}]"));
    }

    private static string NameOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
