using System.Text.RegularExpressions;

namespace MlActors.Datafeeds.Tests.Examples;

/// <param name="Method">Of HTTP.</param>
/// <param name="Path">With its parameters.</param>
internal sealed record ExampleRequest(string Method, string Path, string? Body);

/// <summary>The examples on the page of datafeeds, ready to be carried out: what stands in its code blocks.</summary>
internal sealed partial class ExamplePage
{
    private readonly Dictionary<string, string> _sections;

    public ExamplePage(string text) => _sections = Headings().Split(text).Skip(1).Select(section => section.Split('\n'))
        .ToDictionary(lines => lines[0], lines => string.Join('\n', lines.Where(line => line.StartsWith("    ", StringComparison.Ordinal))));

    /// <summary>The configuration of the server that a section shows; empty when it shows none.</summary>
    public string ConfigurationIn(string section) => string.Join('\n', _sections[section].Split('\n').TakeWhile(line => !IsRequest(line)));

    /// <summary>The requests of a section, written for curl.</summary>
    public IReadOnlyList<ExampleRequest> RequestsIn(string section) => [.. Commands().Matches(_sections[section])
        .Select(command => new ExampleRequest(Part(command, "method") ?? "GET", Part(command, "path")!, Part(command, "body")))];

    private static string? Part(Match command, string name) => command.Groups[name] is { Success: true } part ? part.Value : null;

    private static bool IsRequest(string line) => line.StartsWith("    curl", StringComparison.Ordinal);

    [GeneratedRegex("^##+ ", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex("^    curl (-X (?<method>[A-Z]+) )?'?localhost:9200(?<path>/[^' \n]*)'?( -H '[^']*')?( -d '(?<body>[^']*)')?", RegexOptions.Multiline)]
    private static partial Regex Commands();
}
