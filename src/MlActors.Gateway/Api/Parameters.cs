using System.Globalization;

namespace MlActors.Gateway.Api;

/// <summary>Declares parameters, and holds those that many endpoints share.</summary>
public static class Parameters
{
    /// <summary>Longest list that a page may reach into: <c>from</c> + <c>size</c>.</summary>
    public const int ResultWindow = 10_000;

    public static Parameter<bool> Pretty { get; } = Boolean("pretty", false, ParameterPlace.Query, "Indents the JSON of the response.");

    public static Parameter<bool> Human { get; } =
        Boolean("human", false, ParameterPlace.Query, "Adds readable forms of sizes where an endpoint has them (the memory statistics).");

    public static Parameter<bool> ErrorTrace { get; } =
        Boolean("error_trace", true, ParameterPlace.Query, "Accepted and without effect: an error never carries a stack trace.") with { DefaultText = "false" };

    public static Parameter<string[]> FilterPath { get; } = new("filter_path", ParameterKinds.List, [], ParameterPlace.Query,
        "Keeps only the given paths of the response: dotted, `*` for a part of a name, `**` for any levels, a leading `-` to leave a path out.")
    { DefaultText = "" };

    /// <summary>What every endpoint accepts in its query.</summary>
    public static IReadOnlyList<ApiParameter> Common { get; } = [Pretty, Human, ErrorTrace, FilterPath];

    public static Parameter<bool> AllowNoMatch { get; } = Boolean("allow_no_match", true, ParameterPlace.Query,
        "Whether a wildcard, or `_all`, that matches no job is no error. An unknown id or group always is one.");

    public static Parameter<bool> WaitForCompletion { get; } = Boolean("wait_for_completion", true, ParameterPlace.Query,
        "With `false` the answer is the id of a task that goes on in the background.");

    public static Parameter<int> From { get; } = Integer("from", 0, ParameterPlace.Query, "How many of the hits to skip; in a body: `page.from`.");

    public static Parameter<int> Size { get; } = Integer("size", 100, ParameterPlace.Query, "How many of the hits to return; in a body: `page.size`.");

    public static Parameter<Page> PageObject { get; } = new("page", ParameterKinds.Page, new Page(null, null), ParameterPlace.Body,
        "`{\"from\": 0, \"size\": 100}`, instead of `from` and `size` in the query.")
    { DefaultText = "" };

    public static Parameter<long?> Start { get; } = Date("start", ParameterPlace.Both, "Earliest timestamp, inclusive.");

    public static Parameter<long?> End { get; } = Date("end", ParameterPlace.Both, "Latest timestamp, exclusive.");

    public static Parameter<bool> ExcludeInterim { get; } =
        Boolean("exclude_interim", false, ParameterPlace.Both, "Leaves out results of buckets that are not finished.");

    public static Parameter<bool> Boolean(string name, bool defaultValue, ParameterPlace place, string doc) =>
        new(name, ParameterKinds.Boolean, defaultValue, place, doc) { DefaultText = defaultValue ? "true" : "false" };

    /// <summary>A whole number, not negative.</summary>
    public static Parameter<int> Integer(string name, int defaultValue, ParameterPlace place, string doc) =>
        new(name, ParameterKinds.Integer, defaultValue, place, doc)
        {
            DefaultText = defaultValue.ToString(CultureInfo.InvariantCulture),
            Rule = value => value < 0 ? $"[{value}] is negative: write 0 or more" : null,
        };

    public static Parameter<double> Number(string name, double defaultValue, ParameterPlace place, string doc) =>
        new(name, ParameterKinds.Number, defaultValue, place, doc) { DefaultText = defaultValue.ToString(CultureInfo.InvariantCulture) };

    /// <param name="defaultText">A duration such as <c>30m</c>.</param>
    public static Parameter<TimeSpan> Duration(string name, string defaultText, ParameterPlace place, string doc)
    {
        if (ParameterKinds.Duration.Read(defaultText, default, out var value) is { } problem) throw new ArgumentException(problem, nameof(defaultText));
        return new(name, ParameterKinds.Duration, value, place, doc) { DefaultText = defaultText };
    }

    /// <summary>A point in time in epoch milliseconds; unset without a default.</summary>
    public static Parameter<long?> Date(string name, ParameterPlace place, string doc) =>
        new(name, Optional(ParameterKinds.Date), null, place, doc) { DefaultText = "" };

    public static Parameter<string?> Text(string name, string? defaultValue, ParameterPlace place, string doc) =>
        new(name, OptionalText, defaultValue, place, doc) { DefaultText = defaultValue ?? "" };

    public static Parameter<string[]> List(string name, string defaultText, ParameterPlace place, string doc) =>
        new(name, ParameterKinds.List, defaultText.Length == 0 ? [] : defaultText.Split(','), place, doc) { DefaultText = defaultText };

    private static ParameterKind<string?> OptionalText { get; } = new("string", (string text, DateTimeOffset _, out string? value) =>
    {
        value = text;
        return null;
    });

    /// <summary>The same type, where not giving a value means something of its own.</summary>
    public static ParameterKind<T?> Optional<T>(ParameterKind<T> kind)
        where T : struct
    {
        return new ParameterKind<T?>(kind.Name, Read) { ErrorType = kind.ErrorType };

        string? Read(string text, DateTimeOffset now, out T? value)
        {
            var problem = kind.Read(text, now, out var read);
            value = problem is null ? read : null;
            return problem;
        }
    }
}
