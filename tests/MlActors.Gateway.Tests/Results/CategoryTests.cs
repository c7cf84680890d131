using MlActors.Analysis.Categorization;
using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Tests.Results;

public sealed class CategoryTests : IAsyncLifetime
{
    private const string Categories = "/_ml/anomaly_detectors/job-1/results/categories";
    private GatewayServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GatewayServer.StartAsync();
        await _server.PutJobAsync("job-1");
        await _server.Storage.Jobs.WriteAsync([new PutCategories("job-1",
        [
            new CategoryDefinition(1, "disk full", ".*?disk.+?full.*", 30, ["disk is full"], 3, [2]),
            new CategoryDefinition(2, "disk quite full", ".*?disk.+?quite.+?full.*", 30, [], 1, []) { PartitionFieldName = "host", PartitionFieldValue = "a" },
        ], 2)]);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_category_is_shown_with_all_that_is_known_of_it()
    {
        (await _server.GetAsync(Categories + "/1")).Json.ToString().ShouldBe(
            """
            {"count":1,"categories":[{"job_id":"job-1","result_type":"category_definition","category_id":1,"mlcategory":"1","terms":"disk full","regex":".*?disk.\u002B?full.*","max_matching_length":30,"examples":["disk is full"],"num_matches":3,"preferred_to_categories":[2]}]}
            """);
        (await _server.GetAsync(Categories + "/3")).ShouldBeError(404, "resource_not_found_exception", "[3]");
        (await _server.GetAsync(Categories + "/one")).ShouldBeError(400, "illegal_argument_exception", "[one]");
        (await _server.GetAsync(Categories + "/1?size=5")).ShouldBeError(400, "illegal_argument_exception", "[size]");
        (await _server.GetAsync("/_ml/anomaly_detectors/none/results/categories")).ShouldBeError(404, "resource_not_found_exception", "[none]");
    }

    [Theory]
    [InlineData("", null, "1,2")]
    [InlineData("?from=1", null, "2")]
    [InlineData("?size=1", null, "1")]
    [InlineData("?partition_field_value=a", null, "2")]
    [InlineData("", """{"page":{"from":1,"size":1}}""", "2")]
    public async Task They_are_listed_by_id_in_pages(string query, string? body, string ids)
    {
        var answer = await _server.SendAsync(body is null ? "GET" : "POST", Categories + query, body);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("count").GetInt32().ShouldBe(query.StartsWith("?p", StringComparison.Ordinal) ? 1 : 2);
        string.Join(",", answer.Json.GetProperty("categories").EnumerateArray().Select(one => one.GetProperty("category_id").GetInt32())).ShouldBe(ids);
    }
}
