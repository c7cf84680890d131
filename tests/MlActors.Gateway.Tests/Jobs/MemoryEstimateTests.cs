using MlActors.Gateway.Tests.Serving;

namespace MlActors.Gateway.Tests.Jobs;

public sealed class MemoryEstimateTests : IAsyncLifetime
{
    private const string Path = "/_ml/anomaly_detectors/_estimate_model_memory";
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_more_values_the_more_memory()
    {
        (await AskAsync("""{"analysis_config":{"detectors":[{"function":"count"}]}}""")).ShouldBe(1);
        var few = await AskAsync(Of("""{"function":"mean","field_name":"v","by_field_name":"host"}""", """{"host":1000}"""));
        var many = await AskAsync(Of("""{"function":"mean","field_name":"v","by_field_name":"host"}""", """{"host":100000}"""));
        few.ShouldBeInRange(2, 6);
        many.ShouldBeInRange(50 * few, 110 * few);
        (await AskAsync(Of("""{"function":"mean","field_name":"v","over_field_name":"host"}""", """{"host":100000}"""))).ShouldBeLessThan(many / 5);
    }

    [Fact]
    public async Task Influencers_and_categories_count()
    {
        const string count = """{"function":"count","partition_field_name":"host"}""";
        var plain = await AskAsync(Of(count, """{"host":1000}"""));
        (await AskAsync(Of(count, """{"host":1000}""", """ ,"influencers":["user","host"] """, """ ,"max_bucket_cardinality":{"user":100000} """))).ShouldBeGreaterThan(plain + 10);
        (await AskAsync(Of("""{"function":"count","by_field_name":"mlcategory","partition_field_name":"host"}""", """{"host":2}""", """ ,"categorization_field_name":"m" """))).ShouldBeGreaterThan(2);
    }

    [Theory]
    [InlineData("""{}""", "illegal_argument_exception", "[analysis_config] is required")]
    [InlineData("""{"analysis_config":{"detectors":[{"function":"count","by_field_name":"host"}]}}""", "illegal_argument_exception", "[overall_cardinality.host] is required")]
    [InlineData("""{"analysis_config":{"detectors":[{"function":"count"}],"influencers":["user"]}}""", "illegal_argument_exception", "[max_bucket_cardinality.user] is required")]
    [InlineData("""{"analysis_config":{"detectors":[{"function":"count"}]},"overall_cardinality":{"x":-1}}""", "illegal_argument_exception", "[overall_cardinality.x]")]
    [InlineData("""{"analysis_config":{"detectors":[{"function":"banana"}]}}""", "status_exception", "[analysis_config.detectors[0].function]")]
    [InlineData("""{"analysis_config":{"detectors":[{"function":"count"}]},"cardinality":{}}""", "illegal_argument_exception", "[cardinality]")]
    public async Task What_is_missing_or_wrong_is_named(string body, string type, string says) => (await _server.PostAsync(Path, body)).ShouldBeError(400, type, says);

    private static string Of(string detector, string overall, string analysis = "", string more = "") =>
        $$"""{"analysis_config":{"detectors":[{{detector}}]{{analysis}} },"overall_cardinality":{{overall}}{{more}} }""";

    private async Task<int> AskAsync(string body)
    {
        var answer = await _server.PostAsync(Path, body);
        answer.Status.ShouldBe(200, answer.Text);
        var text = answer.Json.GetProperty("model_memory_estimate").GetString()!;
        text.ShouldEndWith("mb");
        return int.Parse(text[..^2], System.Globalization.CultureInfo.InvariantCulture);
    }
}
