using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using System.Text.Json;

namespace MlActors.Datafeeds.Tests.Compliance;

/// <summary>Reads sources as a test wants them.</summary>
internal static class Reading
{
    /// <summary>The job that all samples are read for: the mean of the values by host.</summary>
    public static JobConfig Job(string timeField = "ts", string timeFormat = "epoch_ms", params string[] influencers) => new()
    {
        JobId = "reader",
        AnalysisConfig = new AnalysisConfig
        {
            BucketSpan = "1m",
            Detectors = [new DetectorConfig { Function = "mean", FieldName = "value", ByFieldName = "host" }],
            Influencers = [.. influencers],
        },
        DataDescription = new DataDescription { TimeField = timeField, TimeFormat = timeFormat },
    };

    /// <summary>The same for records that stand for several documents each.</summary>
    public static JobConfig Counting()
    {
        var job = Job();
        return job with { AnalysisConfig = job.AnalysisConfig with { SummaryCountFieldName = "doc_count" } };
    }

    public static DatafeedConfig Datafeed(object source) => new() { DatafeedId = "feed", JobId = "reader", Source = JsonSerializer.SerializeToElement(source) };

    public static async Task<List<SourcePage>> PagesAsync(this IDatafeedSource source, long from, long to, string? cursor = null, CancellationToken cancellation = default)
    {
        var pages = new List<SourcePage>();
        await foreach (var page in source.ReadAsync(new SourceRange(from, to, cursor), cancellation)) pages.Add(page);
        return pages;
    }

    public static async Task<List<string>> RowsAsync(this IDatafeedSource source, long from, long to, string? cursor = null) =>
        [.. (await source.PagesAsync(from, to, cursor)).SelectMany(Rows)];

    /// <summary>The records as <c>seconds host value</c>, those of one time sorted, as no source promises an order among them.</summary>
    public static IEnumerable<string> Rows(this SourcePage page)
    {
        var rows = page.Batches.SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row => (Time: batch.Times[row], Text: Show(batch, row)))).ToList();
        return rows.Select((row, place) => (row, place)).GroupBy(pair => pair.row.Time).SelectMany(group => group.Select(pair => pair.row.Text).Order(StringComparer.Ordinal));
    }

    public static string Show(RecordBatch batch, int row) => string.Join(' ', (string[])
        [FormattableString.Invariant($"{batch.Times[row]}"), Text(batch, row, "host"), .. new[] { Number(batch, row, "value") },
         .. batch.Schema.Fields.Where(field => field.Kind == FieldKind.Text && field.Name != "host").Select(field => Text(batch, row, field.Name))]);

    private static string Text(RecordBatch batch, int row, string field)
    {
        var column = batch.Columns[batch.Schema.IndexOf(field, FieldKind.Text)];
        return column.Codes![row] < 0 ? "-" : column.Dictionary![column.Codes[row]];
    }

    private static string Number(RecordBatch batch, int row, string field)
    {
        var number = batch.Columns[batch.Schema.IndexOf(field, FieldKind.Number)].Numbers![row];
        return double.IsNaN(number) ? "-" : FormattableString.Invariant($"{number}");
    }
}
