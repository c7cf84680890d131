using System.Text.Json;

namespace MlActors.Documents.Aggregating;

/// <summary>What one aggregation found.</summary>
/// <param name="Type">Stands before the name when the client asks for typed keys.</param>
public sealed record AggregationResult(string Name, string Type, Action<Utf8JsonWriter, bool> WriteMembers)
{
    /// <summary>Writes the results as members of the object that is open.</summary>
    /// <param name="typed">Whether names carry their types.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<AggregationResult> results, bool typed)
    {
        foreach (var result in results)
        {
            json.WriteStartObject(typed ? $"{result.Type}#{result.Name}" : result.Name);
            result.WriteMembers(json, typed);
            json.WriteEndObject();
        }
    }
}
