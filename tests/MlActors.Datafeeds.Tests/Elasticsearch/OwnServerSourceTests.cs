using System.Text.Json;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Elasticsearch;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Datafeeds.Tests.Serving;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Datafeeds.Tests.Elasticsearch;

/// <summary>This server itself, with the samples as documents: it speaks the same API.</summary>
public sealed class OwnServer : IAsyncLifetime
{
    private readonly RunningServer _server = new();

    internal Uri Url => _server.Url;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        foreach (var set in SampleSet.All)
        {
            await _server.SendAsync("PUT", set.Name, """{"mappings":{"properties":{"ts":{"type":"date"}}}}""");
            await _server.PutAsync(set.Name, set.Samples.Select(sample => new { ts = sample.Ms, host = sample.Host, value = sample.Value }));
        }
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();
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
