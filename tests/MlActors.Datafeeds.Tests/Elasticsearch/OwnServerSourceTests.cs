using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Elasticsearch;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Datafeeds;
using MlActors.Node.Configuration;
using MlActors.Node.Serving;

namespace MlActors.Datafeeds.Tests.Elasticsearch;

/// <summary>This server itself, with the samples as documents: it speaks the same API.</summary>
public sealed class OwnServer : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("mlactors-own-").FullName;
    private WebApplication? _app;

    internal Uri Url => new(_app!.Urls.First());

    public async Task InitializeAsync()
    {
        _app = ServerHost.Build(ServerConfig.Load(null, new Dictionary<string, string> { ["data"] = _data, ["urls"] = "http://127.0.0.1:0", ["log-level"] = "error" }));
        await _app.StartAsync();
        using var client = new HttpClient { BaseAddress = Url };
        foreach (var set in SampleSet.All)
        {
            await SendAsync(client, HttpMethod.Put, set.Name, """{"mappings":{"properties":{"ts":{"type":"date"}}}}""");
            await SendAsync(client, HttpMethod.Post, $"{set.Name}/_bulk?refresh=true", string.Concat(set.Samples.Select(sample =>
                "{\"index\":{}}\n" + JsonSerializer.Serialize(new { ts = sample.Ms, host = sample.Host, value = sample.Value }) + "\n")));
        }
    }

    public async Task DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(answer);
        answer.ShouldNotContain("\"errors\":true");
    }
}

public sealed class OwnServerSourceTests(OwnServer server) : SourceCompliance, IClassFixture<OwnServer>
{
    private protected override IEnumerable<ConnectionConfig> Connections => [Connection("good", server.Url), Connection("gone", new Uri("http://127.0.0.1:1/"))];

    private protected override DatafeedConfig WrongDatafeed => Datafeed("good", SampleSet.Plain) with { Query = JsonSerializer.SerializeToElement(new { mach = new { host = "a" } }) };

    private protected override ISourceKind Kind(PageLimits limits) => new ElasticKind(limits);

    private protected override DatafeedConfig Datafeed(string connection, SampleSet set) => Reading.Datafeed(new { connection }) with { Indices = [set.Name], ScrollSize = 16 };

    [Theory]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m"},"aggs":{"ts":{"max":{"field":"ts"}},"host":{"terms":{"field":"host"},"aggs":{"value":{"avg":{"field":"value"}}}}}}}""")]
    [InlineData("""{"a":{"composite":{"sources":[{"t":{"date_histogram":{"field":"ts","fixed_interval":"1m"}}},{"host":{"terms":{"field":"host"}}}],"size":5},"aggs":{"ts":{"max":{"field":"ts"}},"value":{"avg":{"field":"value"}}}}}""")]
    public async Task An_aggregation_gives_a_record_for_each_minute_and_host(string aggregations)
    {
        var (set, minute) = (SampleSet.Plain, 60_000);
        var datafeed = Datafeed("good", set) with { Aggregations = JsonSerializer.Deserialize<JsonElement>(aggregations) };
        var expected = set.Samples.GroupBy(sample => (Minute: sample.Ms / minute, sample.Host)).OrderBy(group => group.Key.Minute).ThenBy(group => group.Key.Host, StringComparer.Ordinal)
            .Select(group => FormattableString.Invariant($"{group.Max(sample => sample.Ms) / 1000} {group.Key.Host} {group.Average(sample => sample.Value)}")).ToList();
        var pages = await Sources.Open(datafeed, Reading.Counting()).PagesAsync(0, set.To + minute);
        pages.SelectMany(Reading.Rows).ShouldBe(expected);
        foreach (var (page, taken) in pages.Select((page, i) => (page, i + 1)))
            pages.Take(taken).SelectMany(Reading.Rows).Concat(await Sources.Open(datafeed, Reading.Counting()).RowsAsync(page.NextMs, set.To + minute)).ShouldBe(expected);
    }

    private static ConnectionConfig Connection(string name, Uri url) => new(name, new Dictionary<string, string> { ["type"] = "elasticsearch", ["url"] = url.ToString() });
}
