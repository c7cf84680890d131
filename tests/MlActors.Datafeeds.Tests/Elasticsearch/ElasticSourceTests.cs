using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Elasticsearch;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Tests.Elasticsearch;

/// <summary>
/// No such server can be installed for tests, so these hold the source to its documented API by a stub and by answers written after it; see also
/// <see cref="OwnServerSourceTests"/>.
/// </summary>
public sealed class ElasticSourceTests : SourceCompliance
{
    private const string Shards = """ "timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0} """;

    private const string Histogram = """
        {"times":{"date_histogram":{"field":"ts","fixed_interval":"1m"},"aggs":{"ts":{"max":{"field":"ts"}},
        "host":{"terms":{"field":"host"},"aggs":{"value":{"avg":{"field":"value"}}}}}}}
        """;

    private readonly StubServer _server;
    private Func<StubRequest, (int Status, string Json)>? _instead;

    public ElasticSourceTests() => _server = new StubServer(request => (_instead ?? Sampled)(request));

    private protected override string Password => ElasticStub.ApiKey;

    private protected override IEnumerable<ConnectionConfig> Connections =>
    [
        Connection("good", _server.Url),
        Connection("gone", new Uri("http://127.0.0.1:1/")),
        Connection("stranger", _server.Url, "guessed-wrong"),
    ];

    private protected override DatafeedConfig WrongDatafeed => Datafeed("good", SampleSet.Plain) with { Query = JsonSerializer.SerializeToElement(new { mach = new { host = "a" } }) };

    private protected override ISourceKind Kind(PageLimits limits) => new ElasticKind(limits);

    private protected override DatafeedConfig Datafeed(string connection, SampleSet set) => Reading.Datafeed(new { connection }) with { Indices = [set.Name], ScrollSize = 16 };

    private protected override ValueTask CleanAsync() => _server.DisposeAsync();

    [Fact]
    public async Task More_documents_of_one_time_than_a_search_gives_are_gone_through_in_a_point_in_time()
    {
        var many = Enumerable.Range(0, 10_500).Select(i => new Sample(SampleSet.Start, $"host-{i}", 1)).Append(new Sample(SampleSet.Start + 1000, "later", 2)).ToList();
        _instead = request => ElasticStub.Answer(request, _ => many);
        await using var sources = new DatafeedSources(((DatafeedSources)Sources).Set, [new ElasticKind()]);
        var pages = await sources.Open(Datafeed("good", SampleSet.Plain), Job).PagesAsync(SampleSet.Start, SampleSet.Start + 2000);
        pages.Select(page => (page.Records, page.NextMs)).ShouldBe([(10_500, SampleSet.Start + 1), (1, SampleSet.Start + 1001)]);
        pages.SelectMany(Reading.Rows).Distinct().Count().ShouldBe(10_501);
        _server.Requests.ShouldContain(request => request.Method == "DELETE" && request.Path == "/_pit", "the point in time is closed");
    }

    [Fact]
    public async Task A_search_is_asked_for_only_when_its_page_is()
    {
        await using var pages = Open(SampleSet.Plain).ReadAsync(new SourceRange(SampleSet.Plain.From, SampleSet.Plain.To), default).GetAsyncEnumerator();
        await pages.MoveNextAsync();
        _server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_search_says_what_the_datafeed_says()
    {
        var datafeed = Datafeed("good", SampleSet.Plain) with
        {
            Indices = ["logs-*", "plain"],
            Query = JsonSerializer.SerializeToElement(new { term = new { zone = "north" } }),
            RuntimeMappings = JsonSerializer.SerializeToElement(new { twice = new { type = "double" } }),
            Source = JsonSerializer.SerializeToElement(new { connection = "good", docvalue_fields = new object[] { "host", new { field = "value", format = "0.0" } } }),
        };
        _instead = request => ElasticStub.Answer(request, _ => []);
        (await Sources.Open(datafeed, Job).PagesAsync(5, 10)).ShouldBeEmpty();
        var request = _server.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/logs-%2A,plain/_search");
        request.Body!.ToJsonString().ShouldBe("""
            {"size":16,"track_total_hits":false,"query":{"bool":{"filter":[{"range":{"ts":{"gte":5,"lt":10,"format":"epoch_millis"}}},{"term":{"zone":"north"}}]}},
            "runtime_mappings":{"twice":{"type":"double"}},"sort":[{"ts":{"order":"asc"}}],"_source":["value","host"],
            "docvalue_fields":[{"field":"ts","format":"epoch_millis"},"host",{"field":"value","format":"0.0"}],"fields":["twice"]}
            """.ReplaceLineEndings("").Replace("            ", ""));
    }

    [Fact]
    public async Task Fields_come_from_the_document_and_from_what_the_server_made_of_it()
    {
        _instead = _ => (200, $$$$$"""
            {"took":1,{{{{{Shards}}}}},"hits":{"hits":[
              {"_id":"1","_source":{"host":"a","value":"7.5"},"fields":{"ts":["1700000000123.456"]},"sort":[1]},
              {"_id":"2","_source":{"nested":{"x":1}},"fields":{"ts":[1700000001000],"host":["b"],"value":[2]},"sort":[2]},
              {"_id":"3","fields":{"ts":["1700000002000"],"value":[null]},"sort":[3]}]}}
            """);
        (await Open(SampleSet.Plain).RowsAsync(SampleSet.Start, SampleSet.Start + 9000)).ShouldBe(["1700000000 a 7.5", "1700000001 b 2", "1700000002 - -"]);
    }

    [Theory]
    [InlineData(""" "timed_out":true,"_shards":{"total":1,"failed":0} """, "timed out")]
    [InlineData(""" "timed_out":false,"_shards":{"total":2,"failed":1,"failures":[{"shard":0,"reason":{"type":"x","reason":"the disk is gone"}}]} """, "the disk is gone")]
    public async Task An_answer_that_lacks_a_part_is_no_answer(string head, string why)
    {
        _instead = _ => (200, $$$$$"""{"took":1,{{{{{head}}}}},"hits":{"hits":[]}}""");
        var failure = await Should.ThrowAsync<SourceException>(() => Open(SampleSet.Plain).PagesAsync(SampleSet.Start, SampleSet.Start + 9000));
        failure.IsPermanent.ShouldBeFalse();
        failure.Message.ShouldContain(why);
    }

    [Theory]
    [InlineData("stranger", "plain", "does not accept the credentials (401): unable to authenticate")]
    [InlineData("good", "nothing", "no such index [nothing]")]
    public async Task A_refusal_is_told_in_the_words_of_the_server(string connection, string index, string why)
    {
        var failure = await Should.ThrowAsync<SourceException>(() => Sources.Open(Datafeed(connection, SampleSet.Plain) with { Indices = [index] }, Job).PagesAsync(0, 10));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain(why);
        failure.ToString().ShouldNotContain("guessed-wrong");
    }

    [Fact]
    public async Task A_server_that_is_busy_is_worth_another_try()
    {
        _instead = _ => (429, """{"error":{"root_cause":[{"type":"circuit_breaking_exception","reason":"too busy"}]},"status":429}""");
        var failure = await Should.ThrowAsync<SourceException>(() => Open(SampleSet.Plain).PagesAsync(0, 10));
        failure.IsPermanent.ShouldBeFalse();
        failure.Message.ShouldContain("too busy");
    }

    [Fact]
    public async Task A_histogram_gives_a_record_for_each_innermost_bucket_and_whole_buckets_only()
    {
        _instead = request => request.Body!["aggregations"]!["earliest"] is not null ? ElasticStub.Answer(request, _ => [new Sample(1_700_000_077_000, "a", 1)]) : (200, $$$$$"""
            {"took":1,{{{{{Shards}}}}},"hits":{"hits":[]},"aggregations":{"times":{"buckets":[
              {"key_as_string":"x","key":1700000040000,"doc_count":5,"ts":{"value":1700000093000.0},
               "host":{"buckets":[{"key":"a","doc_count":2,"value":{"value":1.5}},{"key":"b","doc_count":3,"value":{"value":null}}]}},
              {"key":1700000100000,"doc_count":0,"ts":{"value":null},"host":{"buckets":[]}}]}}}
            """);
        var source = Sources.Open(Aggregated(Histogram), Counting);
        source.GrainMs.ShouldBe(60_000);
        var pages = await source.PagesAsync(30_000, 1_700_000_170_000);
        pages.SelectMany(Reading.Rows).ShouldBe(["1700000093 a 1.5", "1700000093 b -"]);
        pages.ShouldHaveSingleItem().NextMs.ShouldBe(1_700_000_100_000, "after the bucket");
        var batch = pages[0].Batches.ShouldHaveSingleItem();
        batch.Columns[batch.Schema.IndexOf("doc_count", FieldKind.Number)].Numbers.ShouldBe([2, 3]);
        _server.Requests.Count.ShouldBe(2, "the years before are not searched minute by minute");
        var range = _server.Requests[^1].Body!["query"]!["bool"]!["filter"]![0]!["range"]!["ts"]!;
        ((long)range["gte"]!, (long)range["lt"]!).ShouldBe((1_700_000_040_000, 1_700_000_160_000));
    }

    [Fact]
    public void A_time_that_is_made_at_runtime_is_refused()
    {
        var problems = new ProblemList();
        Sources.Check(Datafeed("good", SampleSet.Plain) with { RuntimeMappings = JsonSerializer.SerializeToElement(new { ts = new { type = "date" } }) }, Job, problems);
        problems.Has("runtime_mappings").ShouldBeTrue();
    }

    [Fact]
    public async Task A_time_that_is_not_in_its_bucket_does_not_put_records_out_of_order()
    {
        _instead = request => request.Body!["aggregations"]!["earliest"] is not null ? ElasticStub.Answer(request, _ => [new Sample(1_700_000_040_000, "a", 1)]) : (200, $$$$$"""
            {"took":1,{{{{{Shards}}}}},"hits":{"hits":[]},"aggregations":{"times":{"buckets":[
              {"key":1700000040000,"doc_count":5,"ts":{"value":1700000999000},"host":{"buckets":[{"key":"a","doc_count":2,"value":{"value":1.5}}]}},
              {"key":1700000100000,"doc_count":5,"ts":{"value":1},"host":{"buckets":[{"key":"a","doc_count":2,"value":{"value":2.5}}]}}]}}}
            """);
        (await Sources.Open(Aggregated(Histogram), Counting).RowsAsync(1_700_000_040_000, 1_700_000_160_000)).ShouldBe(["1700000099 a 1.5", "1700000100 a 2.5"]);
    }

    [Fact]
    public async Task A_composite_is_read_part_by_part()
    {
        _instead = request => (200, request.Body!["aggregations"]!["all"]!["composite"]!["after"] is null
            ? $$$$$"""
                {"took":1,{{{{{Shards}}}}},"hits":{"hits":[]},"aggregations":{"all":{"after_key":{"ts":1700000040000,"host":"a"},
                "buckets":[{"key":{"ts":1700000040000,"host":"a"},"doc_count":2,"ts":{"value":1700000072000},"value":{"value":1.5}}]}}}
                """
            : request.Body!["aggregations"]!["all"]!["composite"]!["after"]!["host"]!.GetValue<string>() == "a"
            ? $$$$$"""
                {"took":1,{{{{{Shards}}}}},"hits":{"hits":[]},"aggregations":{"all":{"after_key":{"ts":1700000100000,"host":"b"},
                "buckets":[{"key":{"ts":1700000040000,"host":"b"},"doc_count":1,"ts":{"value":1700000051000},"value":{"value":2.5}},{"key":{"ts":1700000100000,"host":"b"},"doc_count":4,"value":{"value":3}}]}}}
                """
            : $$$$$"""{"took":1,{{{{{Shards}}}}},"hits":{"hits":[]},"aggregations":{"all":{"buckets":[]}}}""");
        var datafeed = Aggregated("""
            {"all":{"composite":{"sources":[{"ts":{"date_histogram":{"field":"ts","fixed_interval":"1m"}}},{"host":{"terms":{"field":"host"}}}]},
            "aggs":{"ts":{"max":{"field":"ts"}},"value":{"avg":{"field":"value"}}}}}
            """);
        // The records of a bucket come in two parts, and the times within it are not those of the keys.
        (await Sources.Open(datafeed, Counting).RowsAsync(1_700_000_040_000, 1_700_000_160_000)).ShouldBe(["1700000051 b 2.5", "1700000072 a 1.5", "1700000100 b 3"]);
        _server.Requests.Count.ShouldBe(3);
        _server.Requests.ShouldAllBe(request => (int)request.Body!["aggregations"]!["all"]!["composite"]!["size"]! == 1000);
    }

    private static JobConfig Counting => Reading.Counting();

    private DatafeedConfig Aggregated(string aggregations) => Datafeed("good", SampleSet.Plain) with { Aggregations = JsonSerializer.Deserialize<JsonElement>(aggregations) };

    private static (int Status, string Json) Sampled(StubRequest request) =>
        ElasticStub.Answer(request, index => Array.Find(SampleSet.All, set => set.Name == index)?.Samples);

    private static ConnectionConfig Connection(string name, Uri url, string key = ElasticStub.ApiKey) => new(name, new Dictionary<string, string>
    {
        ["type"] = "elasticsearch",
        ["url"] = url.ToString(),
        ["api-key"] = key,
    });
}
