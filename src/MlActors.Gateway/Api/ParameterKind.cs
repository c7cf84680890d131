using System.Globalization;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Gateway.Api;

/// <summary>Reads a value; the answer is <c>null</c>, or what is wrong and what would be right.</summary>
public delegate string? ValueReader<T>(string text, DateTimeOffset now, out T value);

/// <summary>A type of parameter value: how it is called and how it is read.</summary>
public sealed record ParameterKind<T>(string Name, ValueReader<T> Read)
{
    public string ErrorType { get; init; } = ErrorTypes.IllegalArgument;
}

/// <summary>A page of a list, as bodies give it.</summary>
public sealed record Page(int? From, int? Size);

/// <summary>The types of parameter values there are.</summary>
public static class ParameterKinds
{
    /// <summary><c>?flag</c> without a value means true.</summary>
    public static ParameterKind<bool> Boolean { get; } = new("boolean", ReadBoolean);

    public static ParameterKind<int> Integer { get; } = new("integer", ReadInteger);

    public static ParameterKind<double> Number { get; } = new("number", ReadNumber);

    public static ParameterKind<TimeSpan> Duration { get; } = new("duration", ReadDuration);

    public static ParameterKind<ByteSize> Size { get; } = new("size", ReadSize);

    /// <summary>Epoch milliseconds.</summary>
    public static ParameterKind<long> Date { get; } = new("date", DateProblem) { ErrorType = ErrorTypes.Parse };

    public static ParameterKind<string> Text { get; } = new("string", ReadText);

    /// <summary>Comma-separated, blanks around the elements removed, empty elements refused.</summary>
    public static ParameterKind<string[]> List { get; } = new("list", ReadList);

    /// <summary>An object <c>{"from": 0, "size": 100}</c> in a body; its members are read by <see cref="ArgumentReader"/>.</summary>
    public static ParameterKind<Page> Page { get; } = new("object", ReadPage);

    private static string? ReadBoolean(string text, DateTimeOffset now, out bool value)
    {
        value = text is "true" or "";
        return value || text == "false" ? null : $"[{Shorten(text)}] is not a boolean: write true or false";
    }

    private static string? ReadInteger(string text, DateTimeOffset now, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && Math.Abs((long)value) < 1_000_000_000
            ? null
            : $"[{Shorten(text)}] is not a whole number of at most 9 digits";

    private static string? ReadNumber(string text, DateTimeOffset now, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value)
            ? null
            : $"[{Shorten(text)}] is not a number: write it like 75 or 0.5";

    private static string? ReadDuration(string text, DateTimeOffset now, out TimeSpan value)
    {
        var good = TimeValue.TryParse(Shorten(text), out var read, out var problem);
        value = good ? read.Duration : default;
        return good ? null : problem;
    }

    private static string? ReadSize(string text, DateTimeOffset now, out ByteSize value) =>
        ByteSize.TryParse(Shorten(text), out value, out var problem) ? null : problem;

    private static string? DateProblem(string text, DateTimeOffset now, out long value) =>
        DateValue.TryParse(Shorten(text), now, out value, out var problem) ? null : problem;

    private static string? ReadText(string text, DateTimeOffset now, out string value)
    {
        value = text;
        return null;
    }

    private static string? ReadList(string text, DateTimeOffset now, out string[] value)
    {
        value = text.Split(',', StringSplitOptions.TrimEntries);
        return Array.Exists(value, part => part.Length == 0) ? $"[{Shorten(text)}] has an empty element: write names separated by commas" : null;
    }

    private static string? ReadPage(string text, DateTimeOffset now, out Page value)
    {
        value = new Page(null, null);
        return "it must be an object with from and size";
    }

    // No value of these types is longer; an error text must not be as long as a body.
    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
