using System.Text.Json;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Tests.Index;

/// <summary>The server's own documents as a source.</summary>
public sealed class IndexSourceTests : OwnDocumentsTests
{
    private protected override async Task FillAsync()
    {
        foreach (var set in SampleSet.All) await PutAsync(set.Name, set.Samples);
    }

    private static DatafeedConfig Feed(string index, string? query = null, int pageSize = 16) => new()
    {
        DatafeedId = "feed",
        JobId = "reader",
        Indices = [.. index.Split(',')],
        Query = query is null ? null : JsonDocument.Parse(query).RootElement,
        ScrollSize = pageSize,
    };

    private IDatafeedSource Open(string index, string? query = null) => Sources.Open(Feed(index, query), Reading.Job());

    [Fact]
    public async Task All_records_come_once_in_the_order_of_time_and_a_range_takes_its_first_time_and_leaves_its_last()
    {
        foreach (var set in SampleSet.All)
        {
            (await Open(set.Name).RowsAsync(set.From, set.To)).ShouldBe(set.Between(set.From, set.To), set.Name);
            foreach (var cut in new[] { 1, SampleSet.Step, (3 * SampleSet.Step) + 1 }.Select(after => set.From + after))
            {
                (await Open(set.Name).RowsAsync(set.From, cut)).ShouldBe(set.Between(set.From, cut));
                (await Open(set.Name).RowsAsync(cut, set.To)).ShouldBe(set.Between(cut, set.To));
            }
        }
        (await Open("plain").PagesAsync(0, SampleSet.Start)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Reading_on_after_any_page_gives_the_rest_exactly_once()
    {
        foreach (var set in SampleSet.All)
        {
            var pages = await Open(set.Name).PagesAsync(set.From, set.To);
            pages.Count.ShouldBeGreaterThan(3);
            for (var taken = 1; taken <= pages.Count; taken++)
            {
                var last = pages[taken - 1];
                var rest = await Open(set.Name).PagesAsync(last.NextMs, set.To, last.Cursor);
                var rows = pages.Take(taken).Concat(rest).SelectMany(page => page.Batches).SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row => Reading.Show(batch, row)));
                rows.Order(StringComparer.Ordinal).ShouldBe(set.Between(set.From, set.To).Order(StringComparer.Ordinal), $"{set.Name} after page {taken}");
            }
        }
    }

    [Fact]
    public async Task Several_indices_are_one_stream_and_new_ones_are_seen()
    {
        await PutAsync("more-1", SampleSet.Plain.Samples.Where((_, i) => i % 2 == 0));
        var feed = Open("more-*");
        (await feed.RowsAsync(0, SampleSet.Plain.To)).Count.ShouldBe(60);
        await PutAsync("more-2", SampleSet.Plain.Samples.Where((_, i) => i % 2 == 1));
        (await feed.RowsAsync(0, SampleSet.Plain.To)).ShouldBe(SampleSet.Plain.Between(0, SampleSet.Plain.To));
    }

    [Fact]
    public async Task Only_what_the_query_means_is_read_and_counted()
    {
        var feed = Open("plain", """{"term":{"host":"host-01"}}""");
        (await feed.RowsAsync(0, SampleSet.Plain.To)).ShouldAllBe(row => row.Contains("host-01", StringComparison.Ordinal));
        (await feed.SummarizeAsync(0, SampleSet.Plain.To, default)).ShouldBe(new SourceSummary(60, SampleSet.Plain.From, SampleSet.Plain.To - 1));
        var counts = await feed.CountAsync(0, SampleSet.Plain.To, 60_000, default);
        counts!.Sum(count => count.Records).ShouldBe(60);
        counts!.ShouldAllBe(count => count.StartMs % 60_000 == 0 && count.Records <= 6);
    }

    [Fact]
    public async Task A_late_document_is_counted_where_it_belongs()
    {
        var late = new Sample(SampleSet.Start + 1, "late", 1);
        await PutAsync("plain", [late]);
        (await Open("plain").CountAsync(SampleSet.Start, SampleSet.Start + 10, 10, default))!.Single().Records.ShouldBe(3);
    }

    [Fact]
    public async Task An_index_that_is_not_there_is_said_to_be_missing_and_one_without_documents_is_empty()
    {
        var failure = await Should.ThrowAsync<SourceException>(() => Open("plain,nowhere").SummarizeAsync(0, 1, default));
        (failure.IsPermanent, failure.IsMissing).ShouldBe((true, true));
        failure.Message.ShouldContain("nowhere");
        await PutAsync("empty", [], timeField: null);
        (await Open("empty,nothing-*").SummarizeAsync(0, long.MaxValue, default)).ShouldBe(new SourceSummary(0, null, null));
    }

    [Fact]
    public async Task An_index_with_another_time_field_can_never_be_read()
    {
        await PutAsync("other", SampleSet.Plain.Samples, timeField: "when");
        var failure = await Should.ThrowAsync<SourceException>(() => Open("other").SummarizeAsync(0, 1, default));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain("[when]");
        failure.Message.ShouldContain("[ts]");
    }

    [Fact]
    public void What_cannot_be_honoured_is_refused_by_name()
    {
        var mapping = JsonDocument.Parse("""{"f":{"type":"long"}}""").RootElement;
        Refuse(Feed("plain", """{"fuzzy":{"host":"x"}}"""), "query", "fuzzy");
        Refuse(Feed("plain") with { Aggregations = mapping }, "aggregations", "no kind that gives times");
        Refuse(Feed("plain") with { RuntimeMappings = mapping }, "runtime_mappings", "have the sender give the documents [f]");
        Refuse(Feed("plain") with { ScriptFields = mapping }, "script_fields", "have the sender give the documents [f]");
        Refuse(Feed("plain") with { Indices = [] }, "indices", "required");

        void Refuse(DatafeedConfig feed, string field, string says)
        {
            var problems = new ProblemList();
            Sources.Check(feed, Reading.Job(), problems);
            var problem = Should.Throw<InvalidConfigException>(problems.ThrowIfAny).Problems.Single();
            problem.Path.ShouldBe(field);
            problem.Message.ShouldContain(says);
        }
    }

    [Fact]
    public async Task Reading_can_be_cancelled_between_pages()
    {
        using var stop = new CancellationTokenSource();
        var read = 0;
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Open("plain").ReadAsync(new SourceRange(0, SampleSet.Plain.To), stop.Token))
                if (++read == 2)
                    await stop.CancelAsync();
        });
        read.ShouldBe(2);
    }
}
