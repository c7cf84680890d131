using System.Collections.Frozen;
using System.Text.Json;
using MlActors.Analysis;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Results;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

public abstract class PlotCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    private static readonly ModelPlot Everything = new(
        [new DetectorSettings(0, DetectorFunction.Find("mean")!, "value", ByFieldName: "by", PartitionFieldName: "host"), new DetectorSettings(1, DetectorFunction.Find("count")!)],
        FrozenSet<string>.Empty);

    [Fact]
    public async Task Values_come_back_as_documents_by_time_detector_and_series()
    {
        await WriteAsync(Plotted("a", Bucket(600, Value("q", "x", 6)), Bucket(300, Value("p", "x", 3), Value("p", "y", 4), new SeriesValue(1, "", "", "", 12, 11, 10, 13, 0.5, 0, 0))));
        var documents = (await QueryAsync()).Documents.Select(Text).ToList();
        documents.Count.ShouldBe(4);
        documents[1].ShouldBe("""
            {"job_id":"a","result_type":"model_plot","timestamp":300000,"bucket_span":300,"detector_index":0,"model_feature":"mean","partition_field_name":"host","partition_field_value":"p","by_field_name":"by","by_field_value":"y","model_lower":3,"model_upper":5,"model_median":4.5,"actual":4}
            """.Trim());
        documents[2].ShouldContain("\"model_feature\":\"count\",\"model_lower\":10");
    }

    [Fact]
    public async Task Numbers_that_are_none_are_left_out()
    {
        await WriteAsync(Plotted("a", Bucket(300, Value("p", "x", 3) with { Lower = double.NaN, Upper = double.PositiveInfinity, Typical = double.NaN })));
        var document = JsonElement.Parse((await QueryAsync()).Documents.Single().Span);
        document.EnumerateObject().Select(field => field.Name).Where(name => name.StartsWith("model_", StringComparison.Ordinal)).ShouldBe(["model_feature"]);
        document.GetProperty("actual").GetDouble().ShouldBe(3);
    }

    [Fact]
    public async Task A_query_narrows_by_time_and_series_and_pages()
    {
        await WriteAsync(Plotted("a", [.. Enumerable.Range(1, 10).Select(i => Bucket(i * 300, Value("p", "x", i), Value("p", "y", i), Value("q", "x", i)))]));
        await WriteAsync(Plotted("b", Bucket(300, Value("p", "x", 1))));
        (await CountAsync(new("a", null, null, 0, 100))).ShouldBe(30);
        (await CountAsync(new("a", 300_001, 900_000, 0, 100))).ShouldBe(3);
        (await CountAsync(new("a", null, null, 0, 100, PartitionFieldValue: "p"))).ShouldBe(20);
        (await CountAsync(new("a", null, null, 0, 100, PartitionFieldValue: "p", ByFieldValue: "x"))).ShouldBe(10);
        (await CountAsync(new("a", null, null, 0, 100, DetectorIndex: 1))).ShouldBe(0);
        var page = await Storage.Results.QueryModelPlotAsync(new("a", null, null, 4, 3));
        (page.Count, page.Documents.Count).ShouldBe((30, 3));
        page.Documents.Select(document => JsonElement.Parse(document.Span).GetProperty("by_field_value").GetString()).ShouldBe(["y", "x", "x"]);
    }

    [Fact]
    public async Task Only_values_of_the_terms_are_stored()
    {
        var some = Everything with { Terms = new[] { "q", "y" }.ToFrozenSet() };
        await WriteAsync(Plotted("a", Bucket(300, Value("p", "x", 1), Value("p", "y", 2), Value("q", "x", 3))) with { Plot = some });
        (await QueryAsync()).Documents.Select(document => JsonElement.Parse(document.Span).GetProperty("actual").GetDouble()).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task A_bucket_written_again_replaces_its_values_and_without_a_plot_leaves_them()
    {
        await WriteAsync(Plotted("a", Bucket(300, Value("p", "x", 1), Value("p", "y", 2)), Bucket(600, Value("p", "x", 5))));
        await WriteAsync(Plotted("a", Bucket(300, Value("p", "x", 7))));
        await WriteAsync(Plotted("a", Bucket(600, Value("p", "x", 9))) with { Plot = null });
        (await QueryAsync()).Documents.Select(document => JsonElement.Parse(document.Span).GetProperty("actual").GetDouble()).ShouldBe([7, 5]);
        await WriteAsync(Plotted("a", Bucket(300, Value("p", "x", 8)) with { IsInterim = true }));
        (await QueryAsync()).Documents.Select(document => JsonElement.Parse(document.Span).GetProperty("actual").GetDouble()).ShouldBe([7, 5], "interim ones are not plotted");
    }

    [Fact]
    public async Task They_are_deleted_with_the_other_results_in_pieces()
    {
        await WriteAsync(Plotted("a", [.. Enumerable.Range(1, 5).Select(i => Bucket(i * 300, Value("p", "x", i), Value("q", "x", i)))]));
        await WriteAsync(new DeleteResults("a", 900, 4));
        (await QueryAsync()).Count.ShouldBe(6);
        (await Storage.Jobs.HasResultsAsync("a", 900)).ShouldBeTrue("of the plot, not of the buckets, something is left");
        await WriteAsync(new DeleteResults("a", 900, 4));
        (await QueryAsync()).Count.ShouldBe(4);
        (await Storage.Jobs.HasResultsAsync("a", 900)).ShouldBeFalse();
    }

    private static SeriesValue Value(string partition, string by, double actual) =>
        new(0, partition, by, "", actual, actual + 0.5, actual - 1, actual + 1, 0.5, 0, 0);

    private static BucketResult Bucket(long timestamp, params SeriesValue[] values) => Make.Bucket(timestamp) with { Values = values };

    private static WriteResults Plotted(string job, params BucketResult[] buckets) => Make.Results(job, buckets) with { Plot = Everything };

    private Task<ResultPage> QueryAsync() => Storage.Results.QueryModelPlotAsync(new ModelPlotQuery("a", null, null, 0, 1000));

    private async Task<long> CountAsync(ModelPlotQuery query)
    {
        var page = await Storage.Results.QueryModelPlotAsync(query);
        page.Documents.Count.ShouldBe((int)page.Count);
        return page.Count;
    }

    private static string Text(ReadOnlyMemory<byte> document) => System.Text.Encoding.UTF8.GetString(document.Span);
}
