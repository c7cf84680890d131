using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace MlActors.Node.Demo;

/// <summary>Prints what the demonstration found: a table of the worst records and the week as one line of bucket scores.</summary>
internal sealed class DemoReport(IAnsiConsole console)
{
    private const string Blocks = " ▁▂▃▄▅▆▇█";
    // A whole number of columns a day, and with its indent within a terminal of 80.
    private const int ChartWidth = 11 * WebShop.Days;

    internal void Print(string jobId, JsonElement records, JsonElement buckets)
    {
        var table = new Table().Title($"[bold]{jobId}[/]").Border(TableBorder.Rounded)
            .AddColumns("time (UTC)", "what", "typical", "actual", "score");
        foreach (var record in records.EnumerateArray())
        {
            var score = record.GetProperty("record_score").GetDouble();
            table.AddRow(Time(record.GetProperty("timestamp").GetInt64() / 1000), Markup.Escape(What(record)), First(record, "typical"), First(record, "actual"),
                $"[{(score >= 75 ? "red" : "yellow")}]{score.ToString("0.0", CultureInfo.InvariantCulture)}[/]");
        }
        console.Write(table);
        console.MarkupLine($"  {Chart(buckets)}");
        console.MarkupLine("  [dim]" + string.Concat("Mon Tue Wed Thu Fri Sat Sun".Split(' ').Select(day => day.PadRight(ChartWidth / WebShop.Days))) + "[/]\n");
    }

    internal void PrintIncidents(IEnumerable<Incident> incidents)
    {
        console.MarkupLine("What really happened:");
        foreach (var incident in incidents) console.MarkupLine($"  {Time(incident.From)} to {Time(incident.To)[^5..]}  {incident.What}");
        console.WriteLine();
    }

    private static string What(JsonElement record)
    {
        var text = new StringBuilder(record.GetProperty("function").GetString());
        text.Append('(').Append(record.TryGetProperty("field_name", out var field) ? field.GetString() : "").Append(')');
        foreach (var kind in new[] { "by", "partition" })
        {
            if (record.TryGetProperty($"{kind}_field_name", out var name))
                text.Append(' ').Append(name.GetString()).Append('=').Append(record.GetProperty($"{kind}_field_value").GetString());
        }
        return text.ToString();
    }

    private static string First(JsonElement record, string name) =>
        record.TryGetProperty(name, out var values) && values.GetArrayLength() > 0 ? Short(values[0].GetDouble()) : "";

    // Adding zero makes a zero of -0.
    private static string Short(double value) => (Math.Round(value, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Time(long epochSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(epochSeconds).ToString("ddd dd MMM HH:mm", CultureInfo.InvariantCulture);

    // Each column is the highest score in its part of the week.
    private static string Chart(JsonElement buckets)
    {
        var columns = new double[ChartWidth];
        foreach (var bucket in buckets.EnumerateArray())
        {
            var column = (int)(((bucket.GetProperty("timestamp").GetInt64() / 1000) - WebShop.Start) * ChartWidth / (WebShop.Days * 24L * 3600));
            if (column is >= 0 and < ChartWidth) columns[column] = Math.Max(columns[column], bucket.GetProperty("anomaly_score").GetDouble());
        }
        return string.Concat(columns.Select(score =>
        {
            var block = Blocks[(int)Math.Ceiling(score / 100 * (Blocks.Length - 1))];
            return score >= 75 ? $"[red]{block}[/]" : score >= 25 ? $"[yellow]{block}[/]" : $"[dim]{block}[/]";
        }));
    }
}
