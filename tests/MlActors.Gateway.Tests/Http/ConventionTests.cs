using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using MlActors.Gateway.Http;
using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs;

namespace MlActors.Gateway.Tests.Http;

/// <summary>What clients of the API rely on beyond single endpoints.</summary>
public sealed class ConventionTests(SharedServer servers) : IClassFixture<SharedServer>
{
    private readonly GatewayServer _server = servers.Open;

    [Theory]
    [InlineData("GET", "/", 200)]
    [InlineData("HEAD", "/", 200)]
    [InlineData("GET", "/_ml/anomaly_detectors/unknown", 404)]
    [InlineData("GET", "/no/such/path", 400)]
    [InlineData("DELETE", "/_ml/info", 405)]
    public async Task Every_response_carries_the_product_header(string method, string path, int status)
    {
        var answer = await _server.SendAsync(method, path);
        answer.Status.ShouldBe(status);
        answer.Headers["X-Elastic-Product"].ShouldBe("Elasticsearch");
        if (method == "HEAD") answer.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_product_header_can_be_left_out()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { ProductHeader = false });
        (await server.GetAsync("/")).Headers.ShouldNotContainKey("X-Elastic-Product");
        (await server.GetAsync("/nothing")).Headers.ShouldNotContainKey("X-Elastic-Product");
    }

    [Fact]
    public async Task The_server_says_honestly_what_it_is()
    {
        var info = (await _server.GetAsync("/")).Json;
        info.GetProperty("cluster_name").GetString().ShouldBe("mlactors");
        info.GetProperty("cluster_uuid").GetString().ShouldBe(_server.Jobs.Node.Id);
        var version = info.GetProperty("version");
        version.GetProperty("number").GetString().ShouldBe(ServerInfo.ApiVersion);
        version.GetProperty("distribution").GetString().ShouldBe("mlactors");
        version.GetProperty("build_flavor").GetString().ShouldBe("default");
    }

    [Theory]
    [InlineData("application/vnd.elasticsearch+json; compatible-with=8", "application/vnd.elasticsearch+json; compatible-with=8")]
    [InlineData("application/vnd.elasticsearch+json;compatible-with=9", "application/vnd.elasticsearch+json; compatible-with=9")]
    [InlineData("application/vnd.elasticsearch+json; compatible-with=8,text/plain", "application/vnd.elasticsearch+json; compatible-with=8")]
    [InlineData("application/json", "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/html, */*;q=0.8", "application/json")]
    public async Task The_response_has_the_media_type_that_was_asked_for(string accept, string expected)
    {
        (await _server.SendAsync("GET", "/_ml/info", headers: ("Accept", accept))).ContentType.ShouldBe(expected);
        // Errors too: the official clients do not read a body of another type.
        (await _server.SendAsync("GET", "/_ml/anomaly_detectors/unknown", headers: ("Accept", accept))).ContentType.ShouldBe(expected);
    }

    [Theory]
    [InlineData("application/vnd.elasticsearch+json; compatible-with=7")]
    [InlineData("application/vnd.elasticsearch+json")]
    [InlineData("application/cbor")]
    [InlineData("text/plain")]
    [InlineData("application/json;q=0")]
    public async Task An_accept_header_that_cannot_be_served_is_a_406(string accept) =>
        (await _server.SendAsync("GET", "/_ml/info", headers: ("Accept", accept))).ShouldBeError(406, "media_type_header_exception", "application/json");

    [Theory]
    [InlineData("application/json", 400)]
    [InlineData("application/json; charset=UTF-8", 400)]
    [InlineData("application/vnd.elasticsearch+json; compatible-with=9", 400)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/x-ndjson", 415)]
    [InlineData("application/json; charset=latin1", 415)]
    [InlineData("", 415)]
    public async Task A_body_must_say_that_it_is_json(string contentType, int status)
    {
        var answer = await _server.SendAsync("PUT", "/_ml/anomaly_detectors/job-9", "{}", contentType: contentType);
        answer.Status.ShouldBe(status, answer.Text);
        if (status == 415) answer.ShouldBeError(415, "media_type_header_exception", "application/json");
    }

    [Fact]
    public async Task Pretty_indents_results_and_errors()
    {
        (await _server.GetAsync("/?pretty")).Text.ShouldStartWith("{\n  \"name\"");
        (await _server.GetAsync("/_ml/anomaly_detectors/unknown?pretty=true")).Text.ShouldStartWith("{\n  \"error\"");
        (await _server.GetAsync("/?filter_path=version.number&pretty")).Text
            .ShouldBe("{\n  \"version\": {\n    \"number\": \"" + ServerInfo.ApiVersion + "\"\n  }\n}");
    }

    [Fact]
    public async Task An_unknown_path_and_a_wrong_method_have_the_shape_of_errors()
    {
        (await _server.GetAsync("/no/such/path")).ShouldBeError(400, "illegal_argument_exception", "no handler found for [GET /no/such/path]");
        var wrong = await _server.SendAsync("PATCH", "/_ml/anomaly_detectors/job-9");
        wrong.ShouldBeError(405, "illegal_argument_exception", "[PATCH]", "DELETE, GET, PUT");
        wrong.Headers["Allow"].ShouldBe("DELETE | GET | PUT");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_a_413_also_when_it_is_small_only_while_compressed(bool compressed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/_ml/anomaly_detectors/job-9");
        request.Content = new ByteArrayContent(Body(new string(' ', 100_000), compressed));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (compressed) request.Content.Headers.ContentEncoding.Add("gzip");
        var answer = await Answer.ReadAsync(await _server.Client.SendAsync(request));
        answer.ShouldBeError(413, "content_too_long_exception", "4096");
        answer.Headers["Connection"].ShouldBe("close");
    }

    [Fact]
    public async Task A_compressed_body_is_understood_and_an_unknown_compression_is_a_415()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/_ml/anomaly_detectors/job-9") { Content = new ByteArrayContent(Body("{\"x\":1}", true)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");
        (await Answer.ReadAsync(await _server.Client.SendAsync(request))).Reason.ShouldContain("[x]");
        using var unknown = new HttpRequestMessage(HttpMethod.Put, "/_ml/anomaly_detectors/job-9");
        unknown.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        unknown.Content.Headers.ContentEncoding.Add("zstd");
        (await Answer.ReadAsync(await _server.Client.SendAsync(unknown))).ShouldBeError(415, "media_type_header_exception", "[zstd]");
    }

    [Fact]
    public async Task An_unexpected_exception_is_a_500_with_an_id_and_without_its_text()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Jobs.Script = _ => throw new InvalidOperationException("the password is hunter2");
        var answer = await server.SendAsync("PUT", "/_ml/anomaly_detectors/job-9",
            """{"analysis_config":{"detectors":[{"function":"count"}]},"data_description":{}}""");
        answer.ShouldBeError(500, "exception");
        answer.Text.ShouldNotContain("hunter2");
        answer.Text.ShouldNotContain("at MlActors");
        var id = answer.Reason.Split('[')[1].TrimEnd(']');
        server.Logs.Lines.ShouldContain(line => line.StartsWith("Error 3100") && line.Contains(id) && line.Contains("hunter2"));
    }

    [Theory]
    [InlineData("", true, true, "text/plain; charset=UTF-8")]
    [InlineData("*/*", true, true, "text/plain; charset=UTF-8")]
    [InlineData("application/json", true, true, "application/json")]
    [InlineData("application/vnd.elasticsearch+json; compatible-with=9,text/plain", true, true, "text/plain; charset=UTF-8")]
    [InlineData("application/json, text/plain;q=0.5", true, true, "application/json")]
    [InlineData("image/png", true, false, "text/plain; charset=UTF-8")]
    public void A_table_is_text_unless_only_json_is_wanted(string accept, bool text, bool possible, string expected)
    {
        MediaTypes.TryNegotiate(accept, text, out var type).ShouldBe(possible);
        if (possible) type.ShouldBe(expected);
    }

    private static byte[] Body(string text, bool compressed)
    {
        if (!compressed) return Encoding.UTF8.GetBytes(text);
        using var target = new MemoryStream();
        using (var zip = new GZipStream(target, CompressionLevel.SmallestSize)) zip.Write(Encoding.UTF8.GetBytes(text));
        return target.ToArray();
    }
}
