using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Tests.Compliance;

/// <summary>What every kind of source has to do; each kind inherits it with a fixture of its own.</summary>
public abstract class SourceCompliance : IAsyncLifetime
{
    private const long FarFuture = 4_000_000_000_000;

    private readonly Lazy<DatafeedSources> _sources;

    protected SourceCompliance() => _sources = new(() =>
    {
        var problems = new List<string>();
        var set = ConnectionSet.Read(Connections, problems);
        problems.ShouldBeEmpty();
        return new DatafeedSources(set, [Kind(SmallPages)]);
    });

    /// <summary>Small pages, that a few records make many.</summary>
    private static PageLimits SmallPages { get; } = new(Records: 16, MostRecords: 1000);

    /// <summary>The connection <c>good</c>, and <c>gone</c>, the same where nobody answers. If they have a password, it is <see cref="Password"/>.</summary>
    private protected abstract IEnumerable<ConnectionConfig> Connections { get; }

    private protected abstract ISourceKind Kind(PageLimits limits);

    private protected virtual string Password => "open-sesame-42";

    /// <summary>A datafeed over a sample set.</summary>
    private protected abstract DatafeedConfig Datafeed(string connection, SampleSet set);

    /// <summary>A datafeed that passes every check but cannot be read by a source that is there.</summary>
    private protected abstract DatafeedConfig WrongDatafeed { get; }

    private protected virtual JobConfig Job => Reading.Job();

    private protected IDatafeedSources Sources => _sources.Value;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_sources.IsValueCreated) await _sources.Value.DisposeAsync();
        await CleanAsync();
    }

    private protected virtual ValueTask CleanAsync() => ValueTask.CompletedTask;

    [Fact]
    public void The_datafeed_passes_its_checks()
    {
        var problems = new ProblemList();
        foreach (var set in SampleSet.All) Sources.Check(Datafeed("good", set), Job, problems);
        Sources.Check(WrongDatafeed, Job, problems);
        problems.ThrowIfAny();
    }

    [Fact]
    public async Task All_records_come_once_in_the_order_of_time_with_their_fields()
    {
        foreach (var set in SampleSet.All)
            (await Open(set).RowsAsync(set.From, set.To)).ShouldBe(set.Between(set.From, set.To), set.Name);
    }

    [Fact]
    public async Task A_page_holds_all_records_of_its_newest_time_or_a_cursor_and_is_no_larger_than_it_must_be()
    {
        foreach (var set in SampleSet.All)
        {
            var pages = await Open(set).PagesAsync(set.From, set.To);
            pages.Count.ShouldBeGreaterThan(3);
            pages.Sum(page => page.Records).ShouldBe(set.Samples.Count);
            pages.Select(page => page.NextMs).ShouldBe(pages.Select(page => page.NextMs).Order(), "never falls");
            foreach (var page in pages)
            {
                (page.Cursor?.Length ?? 0).ShouldBeLessThanOrEqualTo(SourcePage.LongestCursor);
                page.Records.ShouldBeLessThanOrEqualTo(40);
            }
            foreach (var (page, next) in pages.Zip(pages.Skip(1)))
                if (page.Cursor is null)
                    next.Batches.SelectMany(batch => batch.Times.Take(batch.Count)).Min().ShouldBeGreaterThanOrEqualTo(page.NextMs / 1000);
        }
    }

    [Fact]
    public async Task Reading_on_after_any_page_gives_the_rest_exactly_once()
    {
        foreach (var set in SampleSet.All)
        {
            var pages = await Open(set).PagesAsync(set.From, set.To);
            for (var taken = 1; taken <= pages.Count; taken++)
            {
                var last = pages[taken - 1];
                var rest = await Open(set).RowsAsync(last.NextMs, set.To, last.Cursor);
                pages.Take(taken).SelectMany(Reading.Rows).Concat(rest).ShouldBe(set.Between(set.From, set.To), $"{set.Name} after page {taken}");
            }
        }
    }

    [Fact]
    public async Task A_range_takes_its_first_time_and_leaves_its_last_wherever_it_is_cut()
    {
        var set = SampleSet.Plain;
        foreach (var cut in new[] { 1, SampleSet.Step - 1, SampleSet.Step, SampleSet.Step + 1, 5 * SampleSet.Step, 400_000 }.Select(after => set.From + after))
        {
            (await Open(set).RowsAsync(set.From, cut)).ShouldBe(set.Between(set.From, cut), $"up to {cut}");
            (await Open(set).RowsAsync(cut, set.To)).ShouldBe(set.Between(cut, set.To), $"from {cut}");
        }
    }

    [Fact]
    public async Task An_empty_range_gives_no_pages()
    {
        var (set, source) = (SampleSet.Plain, Open(SampleSet.Plain));
        (await source.PagesAsync(set.From, set.From)).ShouldBeEmpty("nothing asked for");
        (await source.PagesAsync(set.To, set.From)).ShouldBeEmpty("the wrong way round");
        (await source.PagesAsync(set.From + 1, set.From + 5000)).ShouldBeEmpty("between two times");
        (await source.PagesAsync(set.From + 400_000, set.From + 600_000)).ShouldBeEmpty("in the gap");
        (await source.PagesAsync(set.From - 7_200_000, set.From)).ShouldBeEmpty("before everything");
    }

    [Fact]
    public async Task Reading_is_cancelled_before_and_between_pages()
    {
        var set = SampleSet.Plain;
        await Should.ThrowAsync<OperationCanceledException>(() => Open(set).PagesAsync(set.From, set.To, cancellation: new CancellationToken(canceled: true)));
        using var cancellation = new CancellationTokenSource();
        var pages = 0;
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Open(set).ReadAsync(new SourceRange(set.From, set.To), cancellation.Token))
            {
                pages++;
                await cancellation.CancelAsync();
            }
        });
        pages.ShouldBe(1);
    }

    [Fact]
    public async Task Readers_that_stop_halfway_leave_nothing_behind_that_others_would_feel()
    {
        var set = SampleSet.Plain;
        for (var round = 0; round < 30; round++)
            await foreach (var _ in Open(set).ReadAsync(new SourceRange(set.From, set.To), default))
                break;
        (await Open(set).RowsAsync(set.From, set.To)).Count.ShouldBe(set.Samples.Count);
    }

    [Fact]
    public async Task What_it_says_about_a_range_without_reading_it_is_what_is_in_it()
    {
        var set = SampleSet.Plain;
        foreach (var (from, to) in new[] { (set.From, set.To), (set.From + 15_000, set.From + 45_000), (set.From + 400_000, set.From + 500_000), (set.To, set.From) })
        {
            var within = set.Samples.Where(sample => sample.Ms >= from && sample.Ms < to).Select(sample => sample.Ms).ToList();
            if (await Open(set).SummarizeAsync(from, to, default) is { } summary)
                summary.ShouldBe(new SourceSummary(within.Count, within.Count == 0 ? null : within[0], within.Count == 0 ? null : within[^1]));
            if (await Open(set).CountAsync(from, to, 60_000, default) is { } counts)
                counts.ShouldBe(within.GroupBy(ms => ms / 60_000 * 60_000).Select(group => new SourceCount(group.Key, group.Count())));
        }
    }

    [Fact]
    public async Task A_source_that_cannot_be_reached_is_worth_another_try()
    {
        var source = Sources.Open(Datafeed("gone", SampleSet.Plain), Job);
        var failure = await Should.ThrowAsync<SourceException>(() => source.PagesAsync(0, FarFuture));
        failure.IsPermanent.ShouldBeFalse(failure.Message);
        failure.ToString().ShouldNotContain(Password);
        failure.Message.ShouldContain("gone");
        var probed = await Sources.ProbeAsync("gone", default);
        probed.ShouldNotBeNull();
        probed.ShouldNotContain(Password);
    }

    [Fact]
    public async Task What_can_never_be_read_is_not_tried_again()
    {
        var failure = await Should.ThrowAsync<SourceException>(() => Sources.Open(WrongDatafeed, Job).PagesAsync(SampleSet.Start, SampleSet.Start + 60_000));
        failure.IsPermanent.ShouldBeTrue(failure.Message);
        failure.ToString().ShouldNotContain(Password);
    }

    [Fact]
    public async Task The_connection_answers_and_shows_no_secret()
    {
        (await Sources.ProbeAsync("good", default)).ShouldBeNull();
        Sources.Connections.Select(connection => connection.Name).ShouldBe(Connections.Select(connection => connection.Name).Order());
        foreach (var connection in Sources.Connections) connection.ToString().ShouldNotContain(Password);
        foreach (var connection in Connections) connection.ToString().ShouldNotContain(Password);
    }

    [Fact]
    public void A_field_of_the_source_that_nobody_knows_is_refused()
    {
        var problems = new ProblemList();
        var good = Datafeed("good", SampleSet.Plain);
        var source = good.Source!.Value.EnumerateObject().ToDictionary(field => field.Name, field => (object)field.Value);
        source["conection"] = "good";
        Sources.Check(Reading.Datafeed(source), Job, problems);
        problems.Has("source.conection").ShouldBeTrue();
    }

    private protected IDatafeedSource Open(SampleSet set) => Sources.Open(Datafeed("good", set), Job);
}
