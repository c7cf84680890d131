using System.Text.Json;
using System.Text.Json.Nodes;
using MlActors.Jobs.Expressions;

namespace MlActors.Gateway.Api;

/// <summary>
/// The <c>filter_path</c> of a response. A pattern is a dotted path; <c>*</c> stands for any part of one name, <c>**</c> for any number of levels;
/// arrays are looked through; a leading <c>-</c> leaves out. What is left out wins over what is kept.
/// </summary>
public static class ResponseFilter
{
    public static JsonNode Apply(JsonElement root, IReadOnlyList<string> patterns)
    {
        var kept = patterns.Where(pattern => !pattern.StartsWith('-')).Select(Split).ToList();
        var left = patterns.Where(pattern => pattern.StartsWith('-')).Select(pattern => Split(pattern[1..])).ToList();
        return Filter(root, kept.Count == 0 ? null : kept, left) ?? new JsonObject();

        static ArraySegment<string> Split(string pattern) => new(pattern.Split('.'));
    }

    // kept: what remains to be matched below here; null: everything below is kept already.
    private static JsonNode? Filter(JsonElement element, List<ArraySegment<string>>? kept, List<ArraySegment<string>> left)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var result = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    var (leftDone, leftRest) = Step(left, property.Name);
                    if (leftDone) continue;
                    var (keptDone, keptRest) = kept is null ? (true, []) : Step(kept, property.Name);
                    if (!keptDone && keptRest.Count == 0) continue;
                    if (Filter(property.Value, keptDone ? null : keptRest, leftRest) is { } value)
                        result[property.Name] = value;
                    else if (property.Value.ValueKind == JsonValueKind.Null && keptDone)
                        result[property.Name] = null;
                }
                return result.Count > 0 || (kept is null && left.Count == 0) ? result : null;
            case JsonValueKind.Array:
                var items = element.EnumerateArray().Select(item => Filter(item, kept, left)).Where(item => item is not null).ToArray();
                return items.Length > 0 || kept is null ? new JsonArray(items) : null;
            default:
                return kept is null ? JsonNode.Parse(element.GetRawText()) : null;
        }
    }

    private static (bool Done, List<ArraySegment<string>> Remaining) Step(List<ArraySegment<string>> patterns, string name)
    {
        var rest = new List<ArraySegment<string>>();
        foreach (var pattern in patterns)
        {
            if (pattern[0] == "**")
            {
                if (pattern.Count == 1) return (true, rest);
                rest.Add(pattern);
                if (!JobExpression.Matches(pattern[1], name)) continue;
                if (pattern.Count == 2) return (true, rest);
                rest.Add(pattern[2..]);
            }
            else if (JobExpression.Matches(pattern[0], name))
            {
                if (pattern.Count == 1) return (true, rest);
                rest.Add(pattern[1..]);
            }
        }
        return (false, rest);
    }
}
