using System.Text.Json;
using MlActors.Documents.Matching;
using MlActors.Documents.Queries;

namespace MlActors.Documents.Tests;

public sealed class QueryTests
{
    [Theory]
    [InlineData("""{"match_all":{}}""", 0, 1, 2)]
    [InlineData("""{"match_none":{}}""")]
    [InlineData("""{"term":{"host.name":"web-1"}}""", 0)]
    [InlineData("""{"term":{"host.name":{"value":"WEB-2","case_insensitive":true}}}""", 1)]
    [InlineData("""{"term":{"host.name.keyword":"web-2"}}""", 1)]
    [InlineData("""{"term":{"status":200}}""", 0)]
    [InlineData("""{"term":{"status":"200.0"}}""", 0)]
    [InlineData("""{"term":{"status":500}}""", 2)]
    [InlineData("""{"term":{"host.up":true}}""", 0)]
    [InlineData("""{"term":{"tags":"b"}}""", 0)]
    [InlineData("""{"term":{"message":"Disk \"sda\" füll"}}""", 2)]
    [InlineData("""{"terms":{"status":[200,404,999]}}""", 0, 1)]
    [InlineData("""{"terms":{"host.name":[]}}""")]
    [InlineData("""{"terms":{"_id":["given","other"]}}""", 2)]
    [InlineData("""{"ids":{"values":["given"]}}""", 2)]
    [InlineData("""{"term":{"_index":"logs"}}""", 0, 1, 2)]
    [InlineData("""{"term":{"_index":"other"}}""")]
    [InlineData("""{"exists":{"field":"host"}}""", 0, 1, 2)]
    [InlineData("""{"exists":{"field":"bytes"}}""", 1)]
    [InlineData("""{"exists":{"field":"took"}}""")]
    [InlineData("""{"prefix":{"host.name":"web"}}""", 0, 1)]
    [InlineData("""{"wildcard":{"host.name":{"value":"*b-?"}}}""", 0, 1, 2)]
    [InlineData("""{"match":{"message":"FOUND nothing"}}""", 1)]
    [InlineData("""{"match":{"message":{"query":"get served","operator":"and"}}}""", 0)]
    [InlineData("""{"match_phrase":{"message":"not found"}}""", 1)]
    [InlineData("""{"match_phrase":{"message":"found not"}}""")]
    [InlineData("""{"range":{"status":{"gte":404}}}""", 1, 2)]
    [InlineData("""{"range":{"status":{"gt":404,"lte":500}}}""", 2)]
    [InlineData("""{"range":{"bytes":{"lt":"1.6"}}}""", 1)]
    [InlineData("""{"range":{"host.name":{"gte":"e","lt":"web-2"}}}""", 0)]
    [InlineData("""{"range":{"@timestamp":{"gte":"now-2h"}}}""", 1)]
    [InlineData("""{"range":{"@timestamp":{"gte":"now/d"}}}""", 0, 1)]
    [InlineData("""{"range":{"@timestamp":{"lt":"now/d"}}}""", 2)]
    [InlineData("""{"range":{"@timestamp":{"lte":"2026-01-15||/d","gt":"2026-01-14||/d"}}}""", 0, 1)]
    [InlineData("""{"range":{"@timestamp":{"lte":"2026-01-14"}}}""", 2)]
    [InlineData("""{"range":{"@timestamp":{"gte":1768474800000}}}""", 1)]
    [InlineData("""{"range":{"@timestamp":{"gte":1768474800,"format":"epoch_second"}}}""", 1)]
    [InlineData("""{"range":{"@timestamp":{"gte":"2026-01-15T12:00:00","time_zone":"+01:00"}}}""", 1)]
    [InlineData("""{"range":{"seen":{"gte":"2026-01-01T00:00:00Z","lt":"now"}}}""", 2)]
    [InlineData("""{"range":{"at":{"gte":"2026-01-01","lt":"2026-01-02"}}}""", 2)]
    [InlineData("""{"term":{"at":"2026-01-01T00:00:00Z"}}""", 2)]
    [InlineData("""{"range":{"_seq_no":{"gt":0}}}""", 1, 2)]
    [InlineData("""{"bool":{"filter":[{"term":{"status":200}}],"must":{"exists":{"field":"tags"}}}}""", 0)]
    [InlineData("""{"bool":{"must_not":[{"term":{"status":200}}]}}""", 1, 2)]
    [InlineData("""{"bool":{"should":[{"term":{"status":200}},{"term":{"status":404}}]}}""", 0, 1)]
    [InlineData("""{"bool":{"filter":{"match_all":{}},"should":[{"term":{"status":200}}]}}""", 0, 1, 2)]
    [InlineData("""{"bool":{"should":[{"term":{"status":200}},{"exists":{"field":"tags"}},{"term":{"status":404}}],"minimum_should_match":2}}""", 0)]
    [InlineData("""{"bool":{"should":[{"term":{"status":200}},{"exists":{"field":"tags"}}],"minimum_should_match":"100%"}}""", 0)]
    [InlineData("""{"bool":{}}""", 0, 1, 2)]
    [InlineData("""{"constant_score":{"filter":{"term":{"status":404}},"boost":2}}""", 1)]
    [InlineData("""{"query_string":{"query":"status:404"}}""", 1)]
    [InlineData("""{"query_string":{"query":"host.name:web* AND NOT status:404"}}""", 0)]
    [InlineData("""{"query_string":{"query":"served OR \"not found\""}}""", 0, 1)]
    [InlineData("""{"query_string":{"query":"get -served"}}""", 1)]
    [InlineData("""{"query_string":{"query":"get served","default_operator":"AND"}}""", 0)]
    [InlineData("""{"query_string":{"query":"+status:[200 TO 404} !bytes:*"}}""", 0)]
    [InlineData("""{"query_string":{"query":"status:>=404 && (host.name:db-1 || bytes:<2)"}}""", 1, 2)]
    [InlineData("""{"query_string":{"query":"_exists_:bytes"}}""", 1)]
    [InlineData("""{"query_string":{"query":"host.name:(web\\-1 OR db-1)"}}""", 0, 2)]
    [InlineData("""{"query_string":{"query":"*"}}""", 0, 1, 2)]
    [InlineData("""{"query_string":{"query":"@timestamp:[now-1d/d TO now-1d/d]"}}""", 2)]
    public void A_query_finds_what_it_means(string query, params int[] expected) => Sample.Match(query).ShouldBe(expected, query);

    [Theory]
    [InlineData("""{"fuzzy":{"a":"b"}}""", "[fuzzy]")]
    [InlineData("""{"term":{"a":1,"b":2}}""", "several fields")]
    [InlineData("""{"term":{"a":{"valu":1}}}""", "[valu]")]
    [InlineData("""{"term":{"a":[1]}}""", "[query.term.a]")]
    [InlineData("""{"match_all":{},"match_none":{}}""", "2 queries")]
    [InlineData("""{}""", "0 queries")]
    [InlineData("""[]""", "must be an object")]
    [InlineData("""{"range":{"a":{"gte":1,"gt":0}}}""", "two bounds")]
    [InlineData("""{"range":{"a":{"gte":1,"format":"nonsense[["}}}""", "[query.range.a.format]")]
    [InlineData("""{"range":{"a":{"gte":1,"time_zone":"Mars"}}}""", "[Mars]")]
    [InlineData("""{"bool":{"filter":[{"term":{}}]}}""", "[query.bool.filter[0].term]")]
    [InlineData("""{"bool":{"filtre":[]}}""", "[filtre]")]
    [InlineData("""{"bool":{"minimum_should_match":"many"}}""", "[many]")]
    [InlineData("""{"exists":{}}""", "[field]")]
    [InlineData("""{"query_string":{"query":"a:[1 TO"}}""", "character")]
    [InlineData("""{"query_string":{"query":"(a"}}""", "[)]")]
    [InlineData("""{"query_string":{"query":"\"a"}}""", "quote")]
    [InlineData("""{"query_string":{"query":"a~2"}}""", "[~]")]
    [InlineData("""{"query_string":{"query":"[1 TO 2]"}}""", "needs a field")]
    public void What_is_not_supported_is_refused_by_name(string query, string named)
    {
        using var document = JsonDocument.Parse(query);
        Should.Throw<QueryException>(() => QueryReader.Read(document.RootElement, Sample.Now)).Message.ShouldContain(named);
    }

    [Theory]
    [InlineData("""{"range":{"@timestamp":{"gte":"soon"}}}""", "@timestamp")]
    [InlineData("""{"range":{"_seq_no":{"gte":"x"}}}""", "_seq_no")]
    public void A_bound_that_its_field_cannot_have_is_refused(string query, string named) =>
        Should.Throw<QueryException>(() => Sample.Match(query)).Message.ShouldContain(named);

    [Fact]
    public void Nothing_that_is_nested_too_deep_is_followed()
    {
        var query = string.Concat(Enumerable.Repeat("""{"bool":{"filter":""", 29)) + """{"match_all":{}}""" + new string('}', 58);
        Sample.Match(query).Length.ShouldBe(3);
        Should.Throw<QueryException>(() => Sample.Match("""{"bool":{"must":{"bool":{"filter":""" + query + "}}}}"));
        foreach (var text in new[] { new string('(', 10_000), string.Concat(Enumerable.Repeat("NOT ", 10_000)), new string('-', 10_000), string.Concat(Enumerable.Repeat("a:", 10_000)) })
            Should.Throw<QueryException>(() => QueryReader.ReadText(text, Sample.Now));
    }

    [Fact]
    public void The_bounds_of_time_are_those_that_all_parts_allow()
    {
        using var document = JsonDocument.Parse(
            """
            {"bool":{"filter":[{"range":{"@timestamp":{"gte":1000}}},{"bool":{"must":[{"range":{"@timestamp":{"lt":5000}}},{"term":{"a":1}}]}}],
             "should":[{"range":{"@timestamp":{"gte":4000}}}]}}
            """);
        var matcher = QueryMatcher.Compile(QueryReader.Read(document.RootElement, Sample.Now), Sample.Index);
        matcher.Bounds.ShouldBe(new TimeBounds(1000, 4999));
        matcher.MatchesAll.ShouldBeFalse();
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_breaks()
    {
        var random = new Random(11);
        const string letters = "ab:*?\"\\()[]{}<>=+-!&|^~/ ANDORTO_exists_\u00e9\ud83d";
        for (var i = 0; i < 50_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => letters[random.Next(letters.Length)]));
            try
            {
                Sample.Match(QueryReader.ReadText(text, Sample.Now));
            }
            catch (QueryException refusal)
            {
                refusal.Message.ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public void Any_change_of_a_query_is_read_or_refused_and_never_breaks()
    {
        var random = new Random(12);
        string[] values = ["null", "1", "-1e300", "\"\"", "\"now\"", "\"*\"", "[]", "{}", "[1,\"a\",null]", "{\"a\":1}", "true", "\"2026-01-01||/d\"", "9223372036854775807"];
        string[] names = ["bool", "must", "should", "must_not", "filter", "term", "terms", "range", "gte", "lt", "format", "exists", "field", "prefix", "wildcard", "match", "query", "ids", "values", "query_string", "@timestamp", "host.name", "_seq_no", "_id", "value", "operator", "minimum_should_match", "time_zone"];
        for (var i = 0; i < 50_000; i++)
        {
            using var document = JsonDocument.Parse(Make(0));
            try
            {
                Sample.Match(QueryReader.Read(document.RootElement, Sample.Now));
            }
            catch (QueryException refusal)
            {
                refusal.Message.ShouldNotBeEmpty();
            }
        }

        string Make(int depth) => random.Next(depth < 2 ? 8 : 3) < 2 && depth > 0
            ? values[random.Next(values.Length)]
            : "{" + string.Join(',', Enumerable.Range(0, random.Next(3) == 0 ? 2 : 1).Select(_ => $"\"{names[random.Next(names.Length)]}\":{(depth > 4 ? "1" : Make(depth + 1))}")) + "}";
    }
}
