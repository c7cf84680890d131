using Microsoft.Extensions.Logging.Abstractions;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Prometheus;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Servers;

namespace MlActors.Datafeeds.Tests.Prometheus;

public sealed class PrometheusSamples : IAsyncLifetime
{
    internal PrometheusProcess Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var text = new StringWriter();
        foreach (var set in SampleSet.All)
        {
            text.Write($"# TYPE {set.Name} gauge\n");
            foreach (var series in set.Samples.GroupBy(sample => sample.Host))
                foreach (var sample in series)
                    text.Write(FormattableString.Invariant($"{set.Name}{{host=\"{sample.Host}\",zone=\"north\"}} {sample.Value} {sample.Ms / 1000}\n"));
        }
        text.Write("# EOF\n");
        Server = await PrometheusProcess.StartAsync(text.ToString());
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

public sealed class PrometheusSourceTests(PrometheusSamples samples) : SourceCompliance, IClassFixture<PrometheusSamples>
{
    private protected override IEnumerable<ConnectionConfig> Connections =>
    [
        Connection("good", samples.Server.Url),
        Connection("gone", new Uri("http://127.0.0.1:1/")),
        Connection("stranger", samples.Server.Url, password: "guessed-wrong"),
        Connection("lost", new Uri(samples.Server.Url, "elsewhere")),
    ];

    private protected override DatafeedConfig WrongDatafeed => Reading.Datafeed(new { connection = "good", query = "sum(plain" });

    private protected override ISourceKind Kind(PageLimits limits) => new PrometheusKind(NullLogger.Instance, limits);

    // A sample counts for five minutes, unless it is asked for like this.
    private protected override DatafeedConfig Datafeed(string connection, SampleSet set) =>
        Reading.Datafeed(new { connection, query = $"last_over_time({set.Name}[9s])", step = "10s" });

    [Fact]
    public async Task Of_several_queries_each_gives_records_with_a_field_of_its_own()
    {
        var job = Reading.Job() with
        {
            AnalysisConfig = new AnalysisConfig
            {
                Detectors = [new DetectorConfig { Function = "mean", FieldName = "value", ByFieldName = "host" }, new DetectorConfig { Function = "max", FieldName = "most" }],
            },
        };
        var feed = Reading.Datafeed(new { connection = "good", step = "10s", queries = new { value = "last_over_time(plain[9s])", most = "max(last_over_time(plain[9s]))" } });
        var pages = await Sources.Open(feed, job).PagesAsync(SampleSet.Start, SampleSet.Start + 10_000);
        pages.SelectMany(Reading.Rows).ShouldBe(["1700000000 - -", "1700000000 host-00 0.5", "1700000000 host-01 1.5"]);
        pages.Sum(page => page.Batches.Sum(batch => batch.Input.MissingFields)).ShouldBe(4);
    }

    [Fact]
    public async Task What_is_not_a_number_is_missing()
    {
        var feed = Reading.Datafeed(new { connection = "good", step = "10s", query = "last_over_time(plain[9s]) / (last_over_time(plain[9s]) > bool 1)" });
        (await Sources.Open(feed, Job).RowsAsync(SampleSet.Start, SampleSet.Start + 10_000)).ShouldBe(["1700000000 host-01 1.5"], "0.5 / 0 is infinite");
    }

    [Fact]
    public async Task Only_the_labels_asked_for_become_fields()
    {
        var job = Reading.Job(influencers: "zone");
        var feed = Reading.Datafeed(new { connection = "good", step = "10s", query = "last_over_time(plain[9s])" });
        (await Sources.Open(feed, job).RowsAsync(SampleSet.Start, SampleSet.Start + 1))[0].ShouldBe("1700000000 host-00 0.5 north");

        var problems = new ProblemList();
        Sources.Check(Reading.Datafeed(new { connection = "good", query = "plain", label_fields = new[] { "host" } }), job, problems);
        problems.Has("source.label_fields").ShouldBeTrue("the job has the influencer zone");
    }

    [Fact]
    public async Task A_long_range_is_asked_for_in_pieces_that_the_server_takes()
    {
        // 50,000 steps, of which most have nothing.
        var (from, to) = (SampleSet.Plain.From - 250_000_000, SampleSet.Plain.From + 250_000_000);
        (await Open(SampleSet.Plain).RowsAsync(from, to)).ShouldBe(SampleSet.Plain.Between(from, to));
    }

    [Fact]
    public void A_job_that_reads_a_number_that_no_query_gives_is_refused()
    {
        var problems = new ProblemList();
        Sources.Check(Reading.Datafeed(new { connection = "good", query = "plain", value_field = "cpu" }), Job, problems);
        problems.Has("source.value_field").ShouldBeTrue();
    }

    [Theory]
    [InlineData("stranger", "does not accept the credentials")]
    [InlineData("lost", "no such thing")]
    public async Task A_connection_that_will_never_work_says_why(string connection, string why)
    {
        var failure = await Should.ThrowAsync<SourceException>(() => Sources.Open(Datafeed(connection, SampleSet.Plain), Job).PagesAsync(0, 60_000));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain(why);
        failure.ToString().ShouldNotContain("guessed-wrong");
        (await Sources.ProbeAsync(connection, default)).ShouldNotBeNull().ShouldContain(why);
    }

    private static ConnectionConfig Connection(string name, Uri url, string password = PrometheusProcess.Password) => new(name, new Dictionary<string, string>
    {
        ["type"] = "prometheus",
        ["url"] = url.ToString(),
        ["user"] = PrometheusProcess.User,
        ["password"] = password,
    });
}
