using System.Text.Json;
using MlActors.Documents.Times;

namespace MlActors.Documents.Indices;

/// <summary>Which field gives the documents of an index their time.</summary>
public static class TimeFieldRule
{
    public const string Preferred = "@timestamp";
    public const string Setting = "index.time_field";

    private static readonly string[] UsualNames = ["timestamp", "time", "date", "ts"];

    /// <summary>The one date field; of several, the preferred, else the one that a setting names, else the first in alphabetical order.</summary>
    /// <returns><c>null</c>: the mappings name no date; then the first document decides.</returns>
    public static string? OfMapping(IndexMapping mapping, string? setting)
    {
        var dates = mapping.DateFields.ToList();
        if (dates.Count > 1 && dates.Contains(Preferred, StringComparer.Ordinal)) return Preferred;
        if (setting is not null && (dates.Count != 1 || dates[0] == setting)) return setting;
        return dates.Count == 0 ? null : dates[0];
    }

    /// <summary>The preferred field if the document has it, else the first of the usual names whose value can be read as a time.</summary>
    /// <returns>Empty: none; then the time of arrival counts.</returns>
    public static string OfDocument(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        var found = "";
        var rank = int.MaxValue;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(Preferred)) return Preferred;
            var usual = -1;
            for (var i = 0; i < UsualNames.Length && usual < 0; i++)
                if (reader.ValueTextEquals(UsualNames[i])) usual = i;
            reader.Read();
            if (usual >= 0 && usual < rank && reader.TokenType is JsonTokenType.String or JsonTokenType.Number
                && DateFormat.Default.TryParse(reader.ValueSpan, reader.TokenType == JsonTokenType.Number, out _))
            {
                (found, rank) = (UsualNames[usual], usual);
            }
            reader.Skip();
        }
        return found;
    }
}
