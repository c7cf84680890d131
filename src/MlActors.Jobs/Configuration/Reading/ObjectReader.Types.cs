using System.Globalization;
using System.Text.Json;
using MlActors.Jobs.Configuration.Fields;

namespace MlActors.Jobs.Configuration.Reading;

public sealed partial class ObjectReader
{
    private void Take(JobField field, JsonElement value)
    {
        if (field.Use == FieldUse.Generated)
        {
            Problem(field.Name, "is written by the server and cannot be sent: remove it", ProblemKind.IllegalArgument);
        }
        else if (field.Use == FieldUse.Fixed)
        {
            Problem(field.Name, "cannot be changed once the job exists: create another job with it", ProblemKind.IllegalArgument);
        }
        else if (value.ValueKind == JsonValueKind.Null)
        {
            if (!field.Nullable) Problem(field.Name, $"must be {Expected(field.Type)}, not null: leave it out instead", ProblemKind.XContentParse);
        }
        else if (!TryCheckType(field, value, out var problem))
        {
            Problem(field.Name, problem, ProblemKind.XContentParse);
        }
        else if (field.Choices.Length > 0 && !field.Choices.Contains(value.GetString()!, StringComparer.Ordinal))
        {
            Problem(field.Name, $"is [{ProblemList.Shown(value.GetString()!)}]: must be one of [{string.Join(", ", field.Choices)}]");
        }
        else if (field.Use == FieldUse.Unsupported)
        {
            Problem(field.Name, $"is not supported by this version: {field.Advice}");
        }
        else
        {
            _values.Add(field.Name, value);
        }
    }

    private static bool TryCheckType(JobField field, JsonElement value, out string problem)
    {
        var right = field.Type switch
        {
            FieldType.Text or FieldType.Duration => value.ValueKind == JsonValueKind.String,
            FieldType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False || IsTrue(value) || IsFalse(value),
            FieldType.Integer => TryGetInteger(value, out _),
            FieldType.Number => value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()),
            FieldType.Size or FieldType.Date => value.ValueKind is JsonValueKind.String or JsonValueKind.Number,
            FieldType.Object or FieldType.Custom => value.ValueKind == JsonValueKind.Object,
            FieldType.TextOrObject => value.ValueKind is JsonValueKind.String or JsonValueKind.Object,
            FieldType.TextsOrObjects => IsItem(value) || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsItem)),
            FieldType.Texts => AllOf(value, JsonValueKind.String),
            _ => AllOf(value, JsonValueKind.Object),
        };
        problem = right ? "" : $"must be {Expected(field.Type)}, not {Found(field.Type, value)}";
        return right;
    }

    // One stands for a list of one.
    private static bool AllOf(JsonElement value, JsonValueKind kind) =>
        value.ValueKind == kind || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == kind));

    private static bool IsItem(JsonElement value) => value.ValueKind is JsonValueKind.String or JsonValueKind.Object;

    private static bool IsTrue(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals("true"u8);

    private static bool IsFalse(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals("false"u8);

    private static bool TryGetInteger(JsonElement value, out long number)
    {
        number = 0;
        if (value.ValueKind == JsonValueKind.String)
            return long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var exact)) return false;
        if (exact != decimal.Truncate(exact) || exact < long.MinValue || exact > long.MaxValue) return false;
        number = (long)exact;
        return true;
    }

    private static string Expected(FieldType type) => type switch
    {
        FieldType.Text => "a string",
        FieldType.Boolean => "a boolean (true or false)",
        FieldType.Integer => "a whole number",
        FieldType.Number => "a number",
        FieldType.Object or FieldType.Custom => "an object",
        FieldType.Objects => "a list of objects",
        FieldType.Texts => "a list of strings",
        FieldType.Duration => "a string with a duration such as \"5m\"",
        FieldType.Date => "a date in a string, or a number of milliseconds since 1970",
        FieldType.Size => "a string with a size such as \"512mb\"",
        FieldType.TextsOrObjects => "a list of strings and objects",
        _ => "a string or an object",
    };

    private static string Found(FieldType type, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array && type is FieldType.Texts or FieldType.Objects)
        {
            var wanted = type == FieldType.Texts ? JsonValueKind.String : JsonValueKind.Object;
            var wrong = value.EnumerateArray().Index().FirstOrDefault(pair => pair.Item.ValueKind != wanted);
            return $"a list with {JsonNames.Of(wrong.Item)} at position {wrong.Index}";
        }
        var shown = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? "" : $" [{ProblemList.Shown(value.GetRawText().Trim('"'))}]";
        return JsonNames.Of(value) + shown;
    }
}
