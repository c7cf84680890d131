using System.Text;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Elasticsearch;
using MlActors.Datafeeds.Files;
using MlActors.Datafeeds.Prometheus;
using MlActors.Datafeeds.Sql;
using MlActors.Jobs.Configuration.Fields;

namespace MlActors.Datafeeds.Tests;

/// <summary>The page about the sources of datafeeds: its text stands beside this file, its tables are made of those that the code reads by.</summary>
internal static class SourcesPage
{
    private static readonly Dictionary<string, FieldTable> Sources = new(StringComparer.Ordinal)
    {
        ["sql"] = SqlSettings.Fields,
        ["prometheus"] = PrometheusSettings.Fields,
        ["elasticsearch"] = ElasticSettings.Fields,
        ["file"] = FileSettings.Fields,
    };

    /// <param name="text">Has a line <c>{{source NAME}}</c> or <c>{{connection TYPE}}</c> where a table goes.</param>
    public static string Render(string text) => string.Concat(text.Split('\n').SkipLast(1).Select(line => line.Trim('{', '}').Split(' ') switch
    {
        ["source", var name] when line.StartsWith("{{", StringComparison.Ordinal) => Fields(Sources[name]),
        ["connection", var type] when line.StartsWith("{{", StringComparison.Ordinal) => Options(ConnectionTypes.All.First(known => known.Name == type)),
        _ => line + "\n",
    }));

    private static string Fields(FieldTable table)
    {
        var page = new StringBuilder("| `source.` | default | |\n|---|---|---|\n");
        foreach (var field in table.All)
        {
            var choices = field.Choices.Length == 0 ? "" : $" One of {string.Join(", ", field.Choices.Select(choice => $"`{choice}`"))}.";
            page.Append($"| `{field.Name}` | {(field.Required ? "required" : field.Default ?? "–")} | {field.Description}{choices} |\n");
        }
        return page.ToString();
    }

    private static string Options(ConnectionType type)
    {
        var page = new StringBuilder("| option | default | |\n|---|---|---|\n");
        foreach (var option in type.Options)
        {
            var choices = option.Choices.Length == 0 ? "" : $" One of {string.Join(", ", option.Choices.Select(choice => $"`{choice}`"))}.";
            page.Append($"| `{option.Name}` | {(option.Required ? "required" : option.Default.Length == 0 ? "–" : $"`{option.Default}`")} | {option.Description}{choices} |\n");
        }
        return page.ToString();
    }
}
