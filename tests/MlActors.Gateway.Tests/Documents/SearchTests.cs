using System.Text.Json;
using MlActors.Gateway.Tests.Serving;

namespace MlActors.Gateway.Tests.Documents;

public sealed class SearchTests(DocumentServer documents) : IClassFixture<DocumentServer>
{
    private readonly GatewayServer _server = documents.Server;

    [Theory]
    [InlineData("""{"size":3}""", "d0,d1,d2")]
    [InlineData("""{"size":3,"sort":[{"@timestamp":"desc"}]}""", "d11,d10,d9")]
    [InlineData("""{"size":2,"from":3,"sort":"@timestamp"}""", "d3,d4")]
    [InlineData("""{"size":3,"sort":[{"_seq_no":{"order":"asc"}}]}""", "d11,d10,d9")]
    [InlineData("""{"size":4,"sort":["host.name",{"n":"desc"}]}""", "d9,d6,d3,d0")]
    [InlineData("""{"size":2,"sort":[{"rare":{"order":"asc"}}]}""", "d5,d0")]
    [InlineData("""{"size":2,"sort":[{"rare":{"order":"asc","missing":"_first"}}]}""", "d0,d1")]
    [InlineData("""{"size":20,"query":{"range":{"n":{"gte":9}}}}""", "d9,d10,d11")]
    [InlineData("""{"size":2,"sort":[{"@timestamp":"asc"}],"search_after":[1767226800000]}""", "d3,d4")]
    [InlineData("""{"size":2,"sort":[{"@timestamp":"desc"}],"search_after":["2026-01-01T00:20:00Z"]}""", "d1,d0")]
    [InlineData("""{"size":2,"sort":[{"n":"desc"}],"search_after":[4]}""", "d3,d2")]
    [InlineData("""{"size":20,"sort":[{"_doc":"desc"}],"query":{"term":{"tags":"t1"}}}""", "d11,d9,d7,d5,d3,d1")]
    public async Task Hits_come_in_the_order_that_is_asked_for(string body, string expected) =>
        Ids(await _server.PostAsync("/logs/_search", body)).ShouldBe(expected.Split(','));

    [Theory]
    [InlineData("""[{"@timestamp":"asc"},{"_doc":"asc"}]""")]
    [InlineData("""[{"_doc":"desc"}]""")]
    [InlineData("""["host.name",{"_seq_no":"asc"}]""")]
    [InlineData("""[{"up":"desc"},{"ratio":"desc"}]""")]
    public async Task Going_on_behind_the_last_hit_shows_every_document_once(string sort)
    {
        var whole = Ids(await _server.PostAsync("/logs,other/_search", $$"""{"size":100,"sort":{{sort}}}"""));
        whole.Count.ShouldBe(13);
        var pieces = new List<string>();
        var after = "";
        while (true)
        {
            var page = await _server.PostAsync("/logs,other/_search", $$"""{"size":4,"sort":{{sort}}{{after}}}""");
            if (Ids(page).Count == 0) break;
            pieces.AddRange(Ids(page));
            after = ",\"search_after\":" + page.Json.GetProperty("hits").GetProperty("hits")[Ids(page).Count - 1].GetProperty("sort").GetRawText();
            page.Json.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt32().ShouldBe(13, "the total does not depend on the page");
        }
        pieces.ShouldBe(whole);
    }

    [Fact]
    public async Task The_total_is_counted_as_far_as_asked()
    {
        (await Total("")).ShouldBe((12, "eq"));
        (await Total(""","size":2""")).ShouldBe((12, "eq"));
        (await Total(""","size":0""")).ShouldBe((12, "eq"));
        (await Total(""","size":1,"track_total_hits":5,"query":{"range":{"n":{"gte":0}}}""")).ShouldBe((5, "gte"));
        (await Total(""","size":1,"track_total_hits":true,"query":{"range":{"n":{"gte":4}}}""")).ShouldBe((8, "eq"));
        (await _server.PostAsync("/logs/_search", """{"track_total_hits":false}""")).Json.GetProperty("hits").TryGetProperty("total", out _).ShouldBeFalse();
        (await _server.PostAsync("/logs/_search?rest_total_hits_as_int=true")).Json.GetProperty("hits").GetProperty("total").GetInt32().ShouldBe(12);

        async Task<(int, string)> Total(string more)
        {
            var total = (await _server.PostAsync("/logs/_search", """{"from":0""" + more + "}")).Json.GetProperty("hits").GetProperty("total");
            return (total.GetProperty("value").GetInt32(), total.GetProperty("relation").GetString()!);
        }
    }

    [Theory]
    [InlineData("""{"_source":false}""", null)]
    [InlineData("""{"_source":["n","host.*"]}""", """{"host":{"name":"h0"},"n":0}""")]
    [InlineData("""{"_source":{"excludes":["host","t*","@*","up","ratio"]}}""", """{"n":0}""")]
    [InlineData("""{"_source":{"includes":["host"],"excludes":["*.name"]}}""", """{"host":{}}""")]
    public async Task The_source_is_shown_in_the_parts_that_are_asked_for(string body, string? expected)
    {
        var hit = (await _server.PostAsync("/logs/_search", body)).Json.GetProperty("hits").GetProperty("hits")[0];
        (hit.TryGetProperty("_source", out var source) ? source.GetRawText() : null).ShouldBe(expected);
    }

    [Fact]
    public async Task Fields_are_lists_and_dates_take_their_format()
    {
        var answer = await _server.PostAsync("/logs/_search",
            """{"size":1,"_source":false,"fields":["host.*","tags"],"docvalue_fields":[{"field":"@timestamp","format":"epoch_millis"}]}""");
        answer.Json.GetProperty("hits").GetProperty("hits")[0].GetProperty("fields").GetRawText()
            .ShouldBe("""{"host.name":["h0"],"tags":["t0","all"],"@timestamp":["1767225600000"]}""");
    }

    [Fact]
    public async Task Aggregations_count_and_measure_what_matches()
    {
        var answer = await _server.PostAsync("/logs/_search",
            """
            {"size":0,"query":{"range":{"n":{"gte":1}}},"aggs":{
              "per_hour":{"date_histogram":{"field":"@timestamp","fixed_interval":"1h"},"aggs":{
                "n":{"avg":{"field":"n"}},"hosts":{"terms":{"field":"host.name","order":{"_key":"desc"}},"aggs":{"most":{"max":{"field":"ratio"}}}}}},
              "lo":{"min":{"field":"n"}},"sum":{"sum":{"field":"ratio"}},"values":{"value_count":{"field":"tags"}},"different":{"cardinality":{"field":"tags"}},
              "none":{"avg":{"field":"missing"}},"last":{"max":{"field":"@timestamp"}},"ups":{"terms":{"field":"up","size":1}}}}
            """);
        var aggs = answer.Json.GetProperty("aggregations");
        Number("lo").ShouldBe(1);
        Number("sum").ShouldBe(66 + 5.5);
        Number("values").ShouldBe(22);
        Number("different").ShouldBe(3);
        aggs.GetProperty("none").GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        aggs.GetProperty("last").GetProperty("value_as_string").GetString().ShouldBe("2026-01-01T01:50:00.000Z");
        var ups = aggs.GetProperty("ups");
        ups.GetProperty("buckets")[0].GetRawText().ShouldBe("""{"key":0,"key_as_string":"false","doc_count":6}""");
        ups.GetProperty("sum_other_doc_count").GetInt32().ShouldBe(5);
        var hours = aggs.GetProperty("per_hour").GetProperty("buckets");
        hours.GetArrayLength().ShouldBe(2);
        hours[0].GetProperty("key_as_string").GetString().ShouldBe("2026-01-01T00:00:00.000Z");
        hours[0].GetProperty("doc_count").GetInt32().ShouldBe(5);
        hours[0].GetProperty("n").GetProperty("value").GetDouble().ShouldBe(3);
        hours[1].GetProperty("hosts").GetProperty("buckets").EnumerateArray()
            .Select(bucket => (bucket.GetProperty("key").GetString(), bucket.GetProperty("doc_count").GetInt32(), bucket.GetProperty("most").GetProperty("value").GetDouble()))
            .ShouldBe([("h2", 2, 11.5), ("h1", 2, 10.5), ("h0", 2, 9.5)]);

        double Number(string name) => aggs.GetProperty(name).GetProperty("value").GetDouble();
    }

    [Fact]
    public async Task Empty_buckets_between_are_shown_unless_they_are_not_wanted()
    {
        (await Keys("")).ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        (await Keys(""","min_doc_count":1""")).ShouldBe([0, 10]);

        async Task<List<long>> Keys(string more)
        {
            var answer = await _server.PostAsync("/logs/_search",
                """{"size":0,"query":{"terms":{"n":[0,10]}},"aggs":{"a":{"date_histogram":{"field":"@timestamp","fixed_interval":"10m" """ + more + "}}}}");
            return [.. answer.Json.GetProperty("aggregations").GetProperty("a").GetProperty("buckets").EnumerateArray()
                .Select(bucket => (bucket.GetProperty("key").GetInt64() - DocumentServer.Start) / DocumentServer.Step)];
        }
    }

    [Fact]
    public async Task Composite_pages_join_to_all_combinations_in_order()
    {
        var whole = await Pages(100);
        whole.Count.ShouldBe(6);
        (await Pages(4)).ShouldBe(whole);
        (await Pages(1)).ShouldBe(whole);
        whole[0].ShouldBe("1767225600000/h2: 2");
        whole[^1].ShouldBe("1767229200000/h0: 2");

        async Task<List<string>> Pages(int size)
        {
            var (found, after) = (new List<string>(), "");
            while (true)
            {
                var answer = await _server.PostAsync("/logs/_search",
                    $$"""{"size":0,"aggs":{"c":{"composite":{"size":{{size}},"sources":""" + """[{"hour":{"date_histogram":{"field":"@timestamp","fixed_interval":"1h"}}},{"host":{"terms":{"field":"host.name","order":"desc"}}}]""" + after + "}}}}");
                var composite = answer.Json.GetProperty("aggregations").GetProperty("c");
                foreach (var bucket in composite.GetProperty("buckets").EnumerateArray())
                    found.Add($"{bucket.GetProperty("key").GetProperty("hour")}/{bucket.GetProperty("key").GetProperty("host")}: {bucket.GetProperty("doc_count")}");
                if (!composite.TryGetProperty("after_key", out var key)) return found;
                after = ",\"after\":" + key.GetRawText();
            }
        }
    }

    [Theory]
    [InlineData("""{"query":{"fuzzy":{}}}""", "parsing_exception", "[fuzzy]")]
    [InlineData("""{"size":-1}""", "illegal_argument_exception", "[size]")]
    [InlineData("""{"size":10001}""", "illegal_argument_exception", "search_after")]
    [InlineData("""{"sort":[{"n":"up"}]}""", "illegal_argument_exception", "[up]")]
    [InlineData("""{"search_after":[1]}""", "illegal_argument_exception", "[search_after]")]
    [InlineData("""{"highlight":{}}""", "parsing_exception", "[highlight]")]
    [InlineData("""{"aggs":{"a":{"percentiles":{"field":"n"}}}}""", "parsing_exception", "[percentiles]")]
    [InlineData("""{"aggs":{"a":{"date_histogram":{"field":"t","calendar_interval":"month"}}}}""", "illegal_argument_exception", "[month]")]
    [InlineData("""{"aggs":{"a":{"date_histogram":{"field":"@timestamp","fixed_interval":"1ms"}}}}""", "illegal_argument_exception", "65536 buckets")]
    [InlineData("""{"aggs":{"a":{"terms":{"field":"n","order":{"x":"asc"}}}}}""", "illegal_argument_exception", "[x]")]
    [InlineData("""{"query":{"match_all":{}}} x""", "parse_exception", "malformed")]
    public async Task What_is_not_supported_is_a_400_that_names_it(string body, string type, string reason) =>
        (await _server.PostAsync("/logs/_search", body)).ShouldBeError(400, type, reason);

    [Theory]
    [InlineData("/none/_search", 404)]
    [InlineData("/none/_search?ignore_unavailable=true", 200)]
    [InlineData("/none*/_search", 200)]
    [InlineData("/none*/_search?allow_no_indices=false", 404)]
    [InlineData("/logs,none/_search", 404)]
    [InlineData("/_all/_search", 200)]
    [InlineData("/_search", 200)]
    [InlineData("/*,-logs/_search", 200)]
    [InlineData("/.hidden/_search", 400)]
    [InlineData("/logs/_search?scroll=1m", 400)]
    public async Task Names_are_resolved_as_the_request_says(string path, int status)
    {
        var answer = await _server.GetAsync(path);
        answer.Status.ShouldBe(status, answer.Text);
        if (status == 404) answer.ErrorType.ShouldBe("index_not_found_exception");
    }

    [Fact]
    public async Task An_exclusion_leaves_out_what_it_names() => Ids(await _server.GetAsync("/*,-logs/_search")).ShouldBe(["o1"]);

    [Fact]
    public async Task Any_change_of_a_search_is_answered_and_never_breaks()
    {
        var random = new Random(5);
        string[] seeds =
        [
            """{"query":{"bool":{"filter":[{"range":{"@timestamp":{"gte":"now-1d","lt":1e3}}}],"should":[{"term":{"n":1}}]}},"sort":[{"n":"asc"}],"search_after":[1],"size":3}""",
            """{"aggs":{"a":{"composite":{"sources":[{"h":{"date_histogram":{"field":"@timestamp","fixed_interval":"1h","offset":"-5m"}}}],"after":{"h":1}}}}}""",
            """{"aggs":{"a":{"terms":{"field":"host.name","order":{"m":"desc"}},"aggs":{"m":{"max":{"field":"n","missing":0}}}}},"_source":{"includes":["a"]},"fields":[{"field":"n"}]}""",
        ];
        string[] swaps = ["1", "null", "[]", "{}", "\"\"", "-1", "true", "\"@timestamp\"", "1e999", "\"1h\"", "99999999999999999999"];
        var clean = new System.Text.RegularExpressions.Regex("""("[^"]*"|\d+)""");
        for (var i = 0; i < 1500; i++)
        {
            var seed = seeds[random.Next(seeds.Length)];
            var tokens = clean.Matches(seed);
            var token = tokens[random.Next(tokens.Count)];
            var body = seed[..token.Index] + swaps[random.Next(swaps.Length)] + seed[(token.Index + token.Length)..];
            var answer = await _server.PostAsync("/logs/_search", body);
            answer.Status.ShouldBeOneOf([200, 400], $"{body}\n{answer.Text}");
        }
    }

    private static List<string> Ids(Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        return [.. answer.Json.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_id").GetString()!)];
    }
}
