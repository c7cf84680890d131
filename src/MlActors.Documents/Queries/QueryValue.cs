using System.Globalization;
using System.Text.Json;

namespace MlActors.Documents.Queries;

/// <summary>A value in a query.</summary>
/// <param name="Text">As it stands there.</param>
/// <param name="Number">Its number, if it is one, written as such or as text.</param>
/// <param name="IsNumber">Whether it is written as a number.</param>
public sealed record QueryValue(string Text, double? Number, bool IsNumber)
{
    public static QueryValue Of(string text) => new(text, Parse(text), false);

    /// <exception cref="QueryException">It is an object, a list or null.</exception>
    public static QueryValue Of(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.String => Of(element.GetString()!),
        JsonValueKind.Number => new(element.GetRawText(), Parse(element.GetRawText()), true),
        JsonValueKind.True => new("true", null, false),
        JsonValueKind.False => new("false", null, false),
        _ => throw new QueryException($"[{place}] must be text, a number or a boolean"),
    };

    private static double? Parse(string text) =>
        text.Length is > 0 and < 40 && (char.IsAsciiDigit(text[^1]) || text[^1] == '.')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
