using System.Text.Json;
using MlActors.Gateway.Api;

namespace MlActors.Gateway.Tests.Api;

public sealed class ResponseFilterTests
{
    private const string Document = """{"count":2,"jobs":[{"job_id":"a","stats":{"x":1,"y":null}},{"job_id":"b","stats":{"x":2}}],"empty":{}}""";

    [Theory]
    [InlineData("count", """{"count":2}""")]
    [InlineData("jobs.job_id", """{"jobs":[{"job_id":"a"},{"job_id":"b"}]}""")]
    [InlineData("jobs.stats.x", """{"jobs":[{"stats":{"x":1}},{"stats":{"x":2}}]}""")]
    [InlineData("**.x", """{"jobs":[{"stats":{"x":1}},{"stats":{"x":2}}]}""")]
    [InlineData("jobs.st*", """{"jobs":[{"stats":{"x":1,"y":null}},{"stats":{"x":2}}]}""")]
    [InlineData("-jobs", """{"count":2,"empty":{}}""")]
    [InlineData("jobs,-jobs.stats", """{"jobs":[{"job_id":"a"},{"job_id":"b"}]}""")]
    [InlineData("-**.x,-count,-empty", """{"jobs":[{"job_id":"a","stats":{"y":null}},{"job_id":"b"}]}""")]
    [InlineData("nothing", "{}")]
    public void A_filter_keeps_and_leaves_out_paths(string patterns, string expected)
    {
        using var document = JsonDocument.Parse(Document);
        ResponseFilter.Apply(document.RootElement, patterns.Split(',')).ToJsonString().ShouldBe(expected);
    }
}
