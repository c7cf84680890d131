using MlActors.Gateway.Api;
using MlActors.Gateway.Tests.Serving;

namespace MlActors.Gateway.Tests.Api;

public sealed class ParameterTests(SharedServer servers) : IClassFixture<SharedServer>
{
    private readonly GatewayServer _server = servers.Open;

    [Fact]
    public async Task A_parameter_given_in_the_query_and_in_the_body_is_refused()
    {
        var answer = await _server.PostAsync("/_ml/anomaly_detectors/job-1/_close?force=true", """{"force":true}""");
        answer.ShouldBeError(400, "illegal_argument_exception", "[force]", "query and in the body");
    }

    [Fact]
    public async Task A_parameter_given_twice_in_the_query_is_refused() =>
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/_close?force=true&force=false"))
            .ShouldBeError(400, "illegal_argument_exception", "[force]", "2 times");

    [Fact]
    public async Task Different_parameters_may_stand_in_the_query_and_in_the_body() =>
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/_close?force=true", """{"timeout":"1m"}""")).Status.ShouldBe(200);

    [Theory]
    [InlineData("{", "malformed JSON at line 1")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("""{"force":true,"force":false}""", "twice")]
    public async Task A_body_that_is_no_object_of_arguments_is_a_parse_error(string body, string part) =>
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/_close", body)).ShouldBeError(400, "parse_exception", part);

    [Fact]
    public async Task An_unreadable_date_is_a_parse_error_that_names_field_and_value() =>
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/_flush", """{"advance_time":"yesterday"}"""))
            .ShouldBeError(400, "parse_exception", "[advance_time]", "[yesterday]");

    [Fact]
    public async Task A_body_is_refused_where_none_is_taken() =>
        (await _server.SendAsync("GET", "/_ml/anomaly_detectors/job-1/_stats", """{"a":1}""")).ShouldBeError(400, "illegal_argument_exception", "body");

    [Fact]
    public async Task A_missing_body_is_named_where_one_is_needed() =>
        (await _server.SendAsync("PUT", "/_ml/anomaly_detectors/job-2")).ShouldBeError(400, "parse_exception", "needs a JSON body");

    [Fact]
    public async Task A_page_is_read_from_the_body_and_refused_when_given_twice()
    {
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/results/records", """{"page":{"from":1,"size":2}}""")).Status.ShouldBe(200);
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/results/records?size=3", """{"page":{"size":2}}"""))
            .ShouldBeError(400, "illegal_argument_exception", "[size]");
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/results/records", """{"page":{"seize":2}}"""))
            .ShouldBeError(400, "illegal_argument_exception", "[seize]", "did you mean [size]?");
    }

    [Theory]
    [InlineData("?from=9990&size=20", "10010")]
    [InlineData("?size=-1", "[-1] is negative")]
    public async Task A_page_out_of_bounds_is_refused(string query, string part) =>
        (await _server.GetAsync("/_ml/anomaly_detectors/job-1/results/records" + query)).ShouldBeError(400, "illegal_argument_exception", part);

    [Theory]
    [InlineData("forse", "force")]
    [InlineData("timout", "timeout")]
    [InlineData("allow-no-match", "allow_no_match")]
    [InlineData("ofrce", "force")]
    [InlineData("colour", null)]
    public void The_nearest_name_is_found(string given, string? expected) =>
        NearestName.Find(given, ["force", "timeout", "allow_no_match"]).ShouldBe(expected);

    [Fact]
    public void A_name_is_its_own_nearest()
    {
        var names = ApiTable.All.SelectMany(endpoint => endpoint.Parameters).Select(parameter => parameter.Name).Distinct().ToList();
        foreach (var name in names) NearestName.Find(name, names).ShouldBe(name);
    }
}
