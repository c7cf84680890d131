using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MlActors.Gateway.Tests.Serving;

namespace MlActors.Gateway.Tests.Documents;

public sealed class BulkTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Documents_of_a_bulk_are_found_by_a_search_at_once()
    {
        var answer = await BulkAsync("/logs/_bulk",
            """{"index":{}}""", """{"@timestamp":"2026-01-01T00:00:00Z","host":"a","n":1}""",
            """{"create":{"_id":"x"}}""", """{"@timestamp":"2026-01-01T00:00:01Z","host":"b","n":2}""",
            """{"index":{"_index":"other"}}""", """{"time":1767225600000,"host":"c"}""");
        answer.Json.GetProperty("errors").GetBoolean().ShouldBeFalse(answer.Text);
        var items = answer.Json.GetProperty("items").EnumerateArray().ToList();
        items.Select(item => item.EnumerateObject().Single().Name).ShouldBe(["index", "create", "index"]);
        items[0].GetProperty("index").GetProperty("_id").GetString()!.Length.ShouldBe(20);
        items[1].GetProperty("create").GetProperty("_id").GetString().ShouldBe("x");
        items.Select(item => item.EnumerateObject().Single().Value.GetProperty("status").GetInt32()).ShouldBe([201, 201, 201]);

        var found = await _server.GetAsync("/logs/_search?q=host:b");
        found.Json.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt32().ShouldBe(1);
        found.Json.GetProperty("hits").GetProperty("hits")[0].GetProperty("_source").GetProperty("n").GetInt32().ShouldBe(2);
        (await _server.GetAsync("/logs,other/_count")).Json.GetProperty("count").GetInt32().ShouldBe(3);
        (await _server.GetAsync("/other/_settings")).Json.GetProperty("other").GetProperty("settings").GetProperty("index").GetProperty("time_field").GetString().ShouldBe("time");
    }

    [Fact]
    public async Task Each_item_fails_for_itself_and_says_why()
    {
        var answer = await BulkAsync("/_bulk",
            """{"index":{"_index":"logs","_id":"1"}}""", """{"@timestamp":"2026-01-01T00:00:00Z"}""",
            """{"create":{"_index":"logs","_id":"1"}}""", """{"@timestamp":"2026-01-01T00:00:00Z"}""",
            """{"index":{"_index":"logs"}}""", """{"message":"no time"}""",
            """{"index":{"_index":"logs"}}""", """{"@timestamp":"yesterday"}""",
            """{"index":{"_index":"logs"}}""", """{"broken":""",
            """{"update":{"_index":"logs","_id":"1"}}""", """{"doc":{}}""",
            """{"delete":{"_index":"logs","_id":"2"}}""",
            """{"delete":{"_index":"logs","_id":"1"}}""",
            """{"index":{"_index":"LOGS"}}""", """{"@timestamp":"2026-01-01T00:00:00Z"}""",
            """{"index":{"_index":"logs","if_seq_no":1}}""", """{"@timestamp":"2026-01-01T00:00:00Z"}""");
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("errors").GetBoolean().ShouldBeTrue();
        var items = answer.Json.GetProperty("items").EnumerateArray().Select(item => item.EnumerateObject().Single().Value).ToList();
        items.Select(item => item.GetProperty("status").GetInt32()).ShouldBe([201, 409, 400, 400, 400, 400, 404, 200, 400, 400], answer.Text);
        ErrorOf(1).ShouldBe(("version_conflict_engine_exception", "[1]: version conflict, document already exists (current version [1])"));
        ErrorOf(2).Reason.ShouldContain("[@timestamp]");
        ErrorOf(3).ShouldBe(("document_parsing_exception", "failed to parse field [@timestamp] of type [date]: [yesterday] is not a date of the form [strict_date_optional_time||epoch_millis]"));
        ErrorOf(4).Reason.ShouldContain("malformed");
        ErrorOf(5).Reason.ShouldContain("[update]");
        ErrorOf(8).ShouldBe(("invalid_index_name_exception", "invalid index name [LOGS]: it must be lowercase"));
        ErrorOf(9).Reason.ShouldContain("[if_seq_no]");
        items[6].GetProperty("result").GetString().ShouldBe("not_found");
        (await _server.GetAsync("/logs/_count")).Json.GetProperty("count").GetInt32().ShouldBe(0);

        (string Type, string Reason) ErrorOf(int item) =>
            (items[item].GetProperty("error").GetProperty("type").GetString()!, items[item].GetProperty("error").GetProperty("reason").GetString()!);
    }

    [Theory]
    [InlineData("not json", "line [1]")]
    [InlineData("""{"index":{}} x""", "line [1]")]
    [InlineData("""{"frobnicate":{}}""", "[frobnicate]")]
    [InlineData("""["index"]""", "line [1]")]
    [InlineData("""{"index":{"_id":{"a":1}}}""", "[_id]")]
    [InlineData("""{"index":{}}""", "no document behind it")]
    [InlineData("", "no action")]
    [InlineData("""{"index":{"_id":"\ud800"}}""", "line [1]")]
    public async Task A_line_that_is_no_action_refuses_the_request_and_writes_nothing(string line, string reason)
    {
        var answer = await BulkAsync("/logs/_bulk", line);
        answer.Status.ShouldBe(400, answer.Text);
        answer.Reason.ShouldContain(reason);
        (await _server.GetAsync("/logs")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_body_that_breaks_off_late_says_how_much_was_carried_out()
    {
        var lines = Enumerable.Range(0, 5000).SelectMany(i => new[] { """{"index":{}}""", $$"""{"time":{{1767225600000 + i}},"n":{{i}}}""" }).Append("garbage").ToArray();
        var answer = await BulkAsync("/logs/_bulk", lines);
        answer.ShouldBeError(400, "illegal_argument_exception", "line [10001]", "4000 items before it were carried out");
        (await _server.GetAsync("/logs/_count")).Json.GetProperty("count").GetInt32().ShouldBe(4000);
    }

    [Fact]
    public async Task A_gzip_body_of_many_batches_is_taken_whole_and_in_order()
    {
        const int count = 20_000;
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.Append("{\"create\":{}}\n{\"@timestamp\":").Append(1767225600000 + (i % 100)).Append(",\"n\":").Append(i).Append("}\n");
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/many/_bulk") { Content = new ByteArrayContent(packed.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        request.Content.Headers.ContentEncoding.Add("gzip");
        using var response = await _server.Client.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        answer.Json.GetProperty("errors").GetBoolean().ShouldBeFalse();
        answer.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("create").GetProperty("_seq_no").GetInt64())
            .ShouldBe(Enumerable.Range(0, count).Select(i => (long)i));
        (await _server.GetAsync("/many/_count?q=n:[100 TO 199]")).Json.GetProperty("count").GetInt32().ShouldBe(100);
    }

    [Fact]
    public async Task One_connection_carries_one_bulk_after_another()
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = _server.Client.BaseAddress };
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"{{\"create\":{{}}}}\n{{\"time\":{i}}}\n")));
        for (var i = 0; i < 5; i++)
        {
            using var content = new ByteArrayContent(lines);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var response = await client.PostAsync("/logs/_bulk?filter_path=errors", content);
            (await response.Content.ReadAsStringAsync()).ShouldBe("""{"errors":false}""");
        }
        _server.Logs.Lines.ShouldNotContain(line => line.StartsWith("Error"));
    }

    [Fact]
    public async Task The_answer_begins_with_whether_there_were_errors()
    {
        var answer = await BulkAsync("/logs/_bulk", """{"index":{}}""", """{"time":1767225600000}""");
        answer.Text.ShouldStartWith("""{"errors":false,"took":""");
    }

    private Task<Answer> BulkAsync(string path, params string[] lines) =>
        _server.SendAsync("POST", path, string.Concat(lines.Select(line => line + "\n")), contentType: "application/x-ndjson");
}
