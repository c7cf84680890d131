using System.Collections.Frozen;
using MlActors.Analysis;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Results;
using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Tests.Results;

public sealed class ResultTests : IAsyncLifetime
{
    private const string Results = "/_ml/anomaly_detectors/job-1/results/";
    private GatewayServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GatewayServer.StartAsync();
        await _server.PutJobAsync("job-1");
        await _server.PutJobAsync("job-2");
        await WriteAsync("job-1", Bucket(0, 10), Bucket(300, 90), Bucket(600, 50, interim: true));
        await WriteAsync("job-2", Bucket(0, 80), Bucket(300, 20));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private Task WriteAsync(string job, params BucketResult[] buckets) =>
        _server.Storage.Jobs.WriteAsync([new WriteResults(job, buckets, [.. buckets.Select(_ => 1.5)])]);

    private static BucketResult Bucket(long time, double score, bool interim = false) => new(time, 300, score, 0, 7, interim, [],
        [Record(score), Record(score / 2)], [new InfluencerResult("host", $"h{time}", score, 0.01)]);

    private static RecordResult Record(double score) =>
        new(0, "mean", "mean", "value", "host", "h", null, null, null, null, 0.001, score, 0, 0, [1], [2], [], [], null);

    [Fact]
    public async Task Buckets_come_in_the_order_of_time_with_the_count_of_all()
    {
        var answer = await _server.GetAsync(Results + "buckets?size=2");
        answer.Json.GetProperty("count").GetInt32().ShouldBe(3);
        answer.Json.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("timestamp").GetInt64()).ShouldBe([0L, 300_000L]);
    }

    [Theory]
    [InlineData("""{"anomaly_score":40}""", 2)]
    [InlineData("""{"exclude_interim":true}""", 2)]
    [InlineData("""{"start":"300","end":600}""", 1)]
    [InlineData("""{"start":"1970-01-01T00:05:00Z"}""", 2)]
    public async Task Buckets_are_narrowed_by_score_time_and_finality(string body, int count) =>
        (await _server.PostAsync(Results + "buckets", body)).Json.GetProperty("count").GetInt32().ShouldBe(count);

    [Fact]
    public async Task One_bucket_is_found_by_its_timestamp_and_nothing_else_may_be_asked_then()
    {
        var bucket = (await _server.GetAsync(Results + "buckets/300?expand=true")).Json.GetProperty("buckets")[0];
        bucket.GetProperty("anomaly_score").GetDouble().ShouldBe(90);
        bucket.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("record_score").GetDouble()).ShouldBe([90, 45]);
        (await _server.GetAsync(Results + "buckets/301")).ShouldBeError(404, "resource_not_found_exception");
        (await _server.GetAsync(Results + "buckets/300?size=5")).ShouldBeError(400, "illegal_argument_exception", "[size]");
        (await _server.GetAsync(Results + "buckets/soon")).ShouldBeError(400, "parse_exception", "[timestamp]");
    }

    [Fact]
    public async Task Records_and_influencers_come_with_the_most_unusual_first()
    {
        Scores(await _server.GetAsync(Results + "records?record_score=40"), "records", "record_score").ShouldBe([90, 50, 45]);
        Scores(await _server.GetAsync(Results + "influencers"), "influencers", "influencer_score").ShouldBe([90, 50, 10]);
        Scores(await _server.GetAsync(Results + "influencers?desc=false&size=1"), "influencers", "influencer_score").ShouldBe([10]);

        static IEnumerable<double> Scores(Answer answer, string list, string score) =>
            answer.Json.GetProperty(list).EnumerateArray().Select(document => document.GetProperty(score).GetDouble());
    }

    [Theory]
    [InlineData("records?sort=record_scor", "did you mean [record_score]?")]
    [InlineData("buckets?start=10&end=5", "[end]")]
    public async Task A_list_that_cannot_be_made_is_refused(string rest, string part) =>
        (await _server.GetAsync(Results + rest)).ShouldBeError(400, "illegal_argument_exception", part);

    [Theory]
    [InlineData("", 4)]
    [InlineData("?partition_field_value=p", 2)]
    [InlineData("?by_field_value=x", 2)]
    [InlineData("?detector_index=1", 0)]
    [InlineData("?start=300&end=600", 2)]
    public async Task Plotted_values_are_narrowed_by_series_and_time(string query, int count)
    {
        var plot = new ModelPlot([new DetectorSettings(0, DetectorFunction.Find("count")!, ByFieldName: "by", PartitionFieldName: "host")], FrozenSet<string>.Empty);
        SeriesValue[] values = [new(0, "p", "x", "", 2, 1, 0, 3, 1, 0, 0), new(0, "q", "y", "", 2, 1, 0, 3, 1, 0, 0)];
        await _server.Storage.Jobs.WriteAsync(
            [new WriteResults("job-1", [Bucket(0, 10) with { Values = values }, Bucket(300, 10) with { Values = values }], [1, 1]) { Plot = plot }]);
        var answer = (await _server.GetAsync(Results + "model_plot" + query)).Json;
        answer.GetProperty("count").GetInt32().ShouldBe(count);
        answer.GetProperty("model_plot").GetArrayLength().ShouldBe(count);
        (await _server.PostAsync(Results + "model_plot", """{"page":{"size":1}}""")).Json.GetProperty("model_plot").GetArrayLength().ShouldBe(1);
        (await _server.GetAsync(Results + "model_plot?start=10&end=5")).ShouldBeError(400, "illegal_argument_exception", "[end]");
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("?event=model_change", 2)]
    [InlineData("?event=other", 0)]
    [InlineData("?start=300&end=600", 1)]
    public async Task Annotations_are_narrowed_by_kind_and_time(string query, int count)
    {
        await _server.Storage.Jobs.WriteAsync([new PutAnnotations("job-1",
        [
            new Annotation("1", Annotation.ModelChanged, 0, 900, "one"), new Annotation("2", Annotation.ModelChanged, 300, 900, "two"),
            new Annotation("3", "delayed_data", 900, 900, "three"),
        ])]);
        var answer = (await _server.GetAsync(Results + "annotations" + query)).Json;
        answer.GetProperty("count").GetInt32().ShouldBe(count);
        answer.GetProperty("annotations").GetArrayLength().ShouldBe(count);
        (await _server.PostAsync(Results + "annotations", """{"page":{"size":1}}""")).Json.GetProperty("annotations").GetArrayLength().ShouldBe(1);
        (await _server.GetAsync(Results + "annotations?start=10&end=5")).ShouldBeError(400, "illegal_argument_exception", "[end]");
    }

    [Fact]
    public async Task Results_of_an_unknown_job_are_a_404()
    {
        foreach (var list in new[] { "buckets", "records", "influencers", "overall_buckets", "model_plot", "forecasts/f" })
            (await _server.GetAsync($"/_ml/anomaly_detectors/nope/results/{list}")).ShouldBeError(404, "resource_not_found_exception", "[nope]");
    }

    [Theory]
    [InlineData("", "0:80 300:90 600:50")]
    [InlineData("?top_n=2", "0:45 300:55 600:25")]
    [InlineData("?overall_score=85", "300:90")]
    [InlineData("?exclude_interim=true", "0:80 300:90")]
    [InlineData("?bucket_span=600s", "0:90 600:50")]
    [InlineData("?end=300", "0:80")]
    public async Task Overall_buckets_take_the_highest_scores_of_the_jobs(string query, string expected)
    {
        var answer = await _server.GetAsync("/_ml/anomaly_detectors/job-*/results/overall_buckets" + query);
        answer.Status.ShouldBe(200, answer.Text);
        string.Join(' ', answer.Json.GetProperty("overall_buckets").EnumerateArray()
            .Select(bucket => $"{bucket.GetProperty("timestamp").GetInt64() / 1000}:{bucket.GetProperty("overall_score").GetDouble()}")).ShouldBe(expected);
    }

    [Fact]
    public async Task An_overall_bucket_is_never_narrower_than_the_widest_of_the_jobs()
    {
        (await _server.GetAsync("/_ml/anomaly_detectors/_all/results/overall_buckets?bucket_span=60s"))
            .ShouldBeError(400, "illegal_argument_exception", "300s");
        (await _server.GetAsync("/_ml/anomaly_detectors/_all/results/overall_buckets?top_n=0")).ShouldBeError(400, "illegal_argument_exception", "[top_n]");
    }
}
