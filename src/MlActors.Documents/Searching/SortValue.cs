using System.Text.Json;

namespace MlActors.Documents.Searching;

/// <summary>A value that hits are sorted by: nothing, a number or a text. Numbers come before texts; what is missing comes last in both directions.</summary>
public readonly record struct SortValue(double? Number, long? Whole, string? Text)
{
    public static SortValue Missing => default;

    public bool IsMissing => Number is null && Text is null;

    public static SortValue Of(double number) => new(number, null, null);

    public static SortValue Of(long whole) => new(whole, whole, null);

    public static SortValue Of(string text) => new(null, null, text);

    /// <summary>Reads a value of <c>search_after</c>.</summary>
    public static SortValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetInt64(out var whole) => Of(whole),
        JsonValueKind.Number => Of(element.GetDouble()),
        JsonValueKind.String => Of(element.GetString()!),
        JsonValueKind.True => Of("true"),
        JsonValueKind.False => Of("false"),
        JsonValueKind.Null => Missing,
        _ => throw new QueryException("[search_after] must be a list of the values that stand in [sort] of the last hit"),
    };

    public static int Compare(SortValue a, SortValue b, bool descending, bool missingFirst)
    {
        if (a.IsMissing || b.IsMissing) return a.IsMissing == b.IsMissing ? 0 : a.IsMissing == missingFirst ? -1 : 1;
        var order = a.Whole is { } x && b.Whole is { } y ? x.CompareTo(y)
            : a.Number is { } p && b.Number is { } q ? p.CompareTo(q)
            : a.Text is null ? -1
            : b.Text is null ? 1
            : string.CompareOrdinal(a.Text, b.Text);
        return descending ? -order : order;
    }

    public void Write(Utf8JsonWriter json)
    {
        if (Whole is { } whole) json.WriteNumberValue(whole);
        else if (Number is { } number) json.WriteNumberValue(number);
        else if (Text is not null) json.WriteStringValue(Text);
        else json.WriteNullValue();
    }
}
