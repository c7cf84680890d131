using System.Text.Json;
using MlActors.Analysis;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Results;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

/// <summary>What is noted about stretches of a job's time.</summary>
public abstract class AnnotationCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    private static readonly ChangeNotes Notes = new([new DetectorSettings(0, DetectorFunction.Find("mean")!, "value", ByFieldName: "host", PartitionFieldName: "shop")]);

    [Fact]
    public async Task A_change_has_its_series_its_time_and_a_line()
    {
        await WriteAsync(Noted("a", Bucket(3000, Change("p", "x", since: 600))));
        var note = JsonElement.Parse((await QueryAsync()).Documents.Single().Span);
        (Text(note, "job_id"), Text(note, "result_type"), Text(note, "event")).ShouldBe(("a", "annotation", "model_change"));
        (note.GetProperty("timestamp").GetInt64(), note.GetProperty("end_timestamp").GetInt64()).ShouldBe((600_000, 3_000_000));
        note.GetProperty("detector_index").GetInt32().ShouldBe(0);
        (Text(note, "partition_field_name"), Text(note, "partition_field_value")).ShouldBe(("shop", "p"));
        (Text(note, "by_field_name"), Text(note, "by_field_value")).ShouldBe(("host", "x"));
        note.TryGetProperty("over_field_name", out _).ShouldBeFalse();
        Text(note, "annotation").ShouldBe("level of mean(value) by shop=p, host=x rose from 10.2 to 14.9");
    }

    [Fact]
    public async Task The_first_line_says_how_many_others_there_are()
    {
        await WriteAsync(Noted("a", Bucket(3000, Change("p", "x"), Change("p", "y")) with { MoreChanges = 84 }));
        var lines = (await QueryAsync()).Documents.Select(document => Text(JsonElement.Parse(document.Span), "annotation")).ToList();
        lines.Count(line => line!.EndsWith("; those of 84 other series, which are not listed, changed too", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_bucket_written_again_has_the_same_and_without_notes_they_stay()
    {
        await WriteAsync(Noted("a", Bucket(3000, Change("p", "x"), Change("p", "y")), Bucket(6000, Change("q", "x"))));
        await WriteAsync(Noted("a", Bucket(3000, Change("p", "x"), Change("p", "y"))));
        (await QueryAsync()).Count.ShouldBe(3);
        await WriteAsync(Noted("a", Bucket(3000, Change("p", "x"))));
        (await QueryAsync()).Count.ShouldBe(2, "what the bucket no longer says is gone");
        await WriteAsync(Noted("a", Bucket(6000)) with { Notes = null });
        await WriteAsync(Noted("a", Bucket(6000) with { IsInterim = true }));
        (await QueryAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Others_are_put_by_their_ids_and_left_alone_by_buckets()
    {
        await WriteAsync(new PutAnnotations("a", [new Annotation("d1", "delayed_data", 600, 3000, "some"), new Annotation("d2", "delayed_data", 900, 3000, "more")]));
        await WriteAsync(new PutAnnotations("a", [new Annotation("d1", "delayed_data", 600, 3300, "all")]));
        await WriteAsync(Noted("a", Bucket(3000, Change("p", "x"))), Noted("a", Bucket(3300)));
        (await QueryAsync()).Count.ShouldBe(3);
        var first = JsonElement.Parse((await QueryAsync(kind: "delayed_data")).Documents[0].Span);
        (Text(first, "annotation"), first.GetProperty("end_timestamp").GetInt64()).ShouldBe(("all", 3_300_000));
        first.TryGetProperty("detector_index", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task They_come_by_their_beginnings_in_pages_of_a_time()
    {
        await WriteAsync(Noted("a", [.. Enumerable.Range(1, 6).Select(i => Bucket(6000 + (i * 300), Change("p", "x", since: 3000 - (i * 300))))]));
        await WriteAsync(Noted("b", Bucket(6300, Change("p", "x"))));
        var page = await Storage.Results.QueryAnnotationsAsync(new AnnotationQuery("a", 1_500_000, 2_700_000, 1, 2));
        page.Count.ShouldBe(4);
        page.Documents.Select(document => JsonElement.Parse(document.Span).GetProperty("timestamp").GetInt64()).ShouldBe([1_800_000, 2_100_000]);
    }

    [Fact]
    public async Task They_are_deleted_with_the_results_that_knew_of_them_in_pieces()
    {
        await WriteAsync(Noted("a", [.. Enumerable.Range(1, 5).Select(i => Bucket(i * 300, Change("p", "x", since: 0), Change("q", "x", since: 0)))]));
        await WriteAsync(new DeleteResults("a", 900, 4));
        (await QueryAsync()).Count.ShouldBe(6);
        (await Storage.Jobs.HasResultsAsync("a", 900)).ShouldBeTrue("of the annotations, not of the buckets, something is left");
        await WriteAsync(new DeleteResults("a", 900, 4));
        (await QueryAsync()).Count.ShouldBe(4);
        (await Storage.Jobs.HasResultsAsync("a", 900)).ShouldBeFalse();
    }

    private static ModelChange Change(string partition, string by, long since = 0) => new(0, "mean", partition, by, "", since, 10.2, 14.9, 5);

    private static BucketResult Bucket(long timestamp, params ModelChange[] changes) => Make.Bucket(timestamp) with { Changes = changes };

    private static WriteResults Noted(string job, params BucketResult[] buckets) => Make.Results(job, buckets) with { Notes = Notes };

    private static string? Text(JsonElement document, string field) => document.GetProperty(field).GetString();

    private Task<ResultPage> QueryAsync(string? kind = null) => Storage.Results.QueryAnnotationsAsync(new AnnotationQuery("a", null, null, 0, 1000, kind));
}
