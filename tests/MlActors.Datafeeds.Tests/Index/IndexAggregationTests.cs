using System.Text;
using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Documents.Aggregating;
using MlActors.Documents.Queries;
using MlActors.Documents.Searching;
using MlActors.Documents.Store;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Tests.Index;

/// <summary>Aggregations of the server's own documents, held against sums made here.</summary>
public sealed class IndexAggregationTests : OwnDocumentsTests
{
    private const string Histogram = """{"minutes":{"date_histogram":{"field":"ts","fixed_interval":"1m"},"aggs":{"ts":{"max":{"field":"ts"}}, INNER }}}""";
    private const string ByHost = """ "host":{"terms":{"field":"host","size":50},"aggs":{"value":{"avg":{"field":"value"}}}} """;
    private const string Composite = """
        {"all":{"composite":{"sources":[{"ts":{"date_histogram":{"field":"ts","fixed_interval":"1m"}}},{"host":{"terms":{"field":"host"}}}],"size":3},
        "aggs":{"ts":{"max":{"field":"ts"}},"value":{"avg":{"field":"value"}}}}}
        """;
    private const long Minute = 60_000;

    // Two indices with every other document: buckets are made over all of them.
    private protected override async Task FillAsync()
    {
        foreach (var part in new[] { 0, 1 }) await PutAsync($"plain-{part}", SampleSet.Plain.Samples.Where((_, i) => i / 3 % 2 == part));
    }

    private static DatafeedConfig Feed(string aggregations, int pageSize = 5) => new()
    {
        DatafeedId = "feed",
        JobId = "reader",
        Indices = ["plain-*"],
        Aggregations = JsonDocument.Parse(aggregations).RootElement,
        ScrollSize = pageSize,
    };

    private static string Over(string inner) => Histogram.Replace("INNER", inner, StringComparison.Ordinal);

    private IDatafeedSource Open(string aggregations) => Sources.Open(Feed(aggregations), Reading.Counting());

    /// <summary>The records that the samples of whole minutes make: seconds of the newest sample of the minute (and host), host, mean.</summary>
    private static List<string> Expected(long from, long to, bool byHostTime) => [.. SampleSet.Plain.Samples
        .Where(sample => sample.Ms / Minute * Minute >= from && ((sample.Ms / Minute) + 1) * Minute <= to)
        .GroupBy(sample => sample.Ms / Minute)
        .SelectMany(minute => minute.GroupBy(sample => sample.Host).Select(group => (Newest: (byHostTime ? group : minute.AsEnumerable()).Max(sample => sample.Ms) / 1000, group))
            .OrderBy(leaf => leaf.Newest).ThenBy(leaf => leaf.group.Key, StringComparer.Ordinal)
            .Select(leaf => FormattableString.Invariant($"{leaf.Newest} {leaf.group.Key} {leaf.group.Average(sample => sample.Value)}")))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_innermost_bucket_is_a_record_and_only_whole_buckets_are_read(bool composite)
    {
        var aggregations = composite ? Composite : Over(ByHost);
        var (first, last) = (SampleSet.Plain.From, SampleSet.Plain.To);
        (await Open(aggregations).RowsAsync(0, last + Minute)).ShouldBe(Expected(0, long.MaxValue, composite));
        foreach (var cut in new[] { 1, 5, 8, 70 }.Select(step => first + (step * SampleSet.Step)))
        {
            (await Open(aggregations).RowsAsync(0, cut)).ShouldBe(Expected(0, cut, composite), $"up to {cut}");
            (await Open(aggregations).RowsAsync(cut, last + Minute)).ShouldBe(Expected(cut, long.MaxValue, composite), $"from {cut}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reading_on_after_any_page_gives_the_rest_exactly_once(bool composite)
    {
        var aggregations = composite ? Composite : Over(ByHost);
        var pages = await Open(aggregations).PagesAsync(0, SampleSet.Plain.To + Minute);
        pages.Count.ShouldBeGreaterThan(3);
        for (var taken = 1; taken <= pages.Count; taken++)
        {
            (pages[taken - 1].NextMs % Minute, pages[taken - 1].Cursor).ShouldBe((0, null));
            var rest = await Open(aggregations).RowsAsync(pages[taken - 1].NextMs, SampleSet.Plain.To + Minute);
            pages.Take(taken).SelectMany(Reading.Rows).Concat(rest).ShouldBe(Expected(0, long.MaxValue, composite));
        }
    }

    [Fact]
    public async Task A_record_says_how_many_documents_it_stands_for_and_a_minute_without_any_has_none()
    {
        var pages = await Open(Over(ByHost)).PagesAsync(0, SampleSet.Plain.To + Minute);
        pages.SelectMany(page => page.Batches).Sum(batch => batch.Columns[batch.Schema.IndexOf("doc_count", FieldKind.Number)].Numbers!.Take(batch.Count).Sum())
            .ShouldBe(SampleSet.Plain.Samples.Count);
        pages.Sum(page => page.Records).ShouldBe(24, "two hosts in six minutes on both sides of the gap");
        (await Open(Over(ByHost)).PagesAsync(SampleSet.Start + 600_000, SampleSet.Start + 1_200_000)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slice_of_time_is_aggregated_as_a_search_of_it_alone_would()
    {
        const string all = """
            {"hosts":{"terms":{"field":"host","order":{"most":"desc"}},"aggs":{"most":{"max":{"field":"value"}},"first":{"min":{"field":"ts"}}}},
            "different":{"cardinality":{"field":"host"}},"sum":{"sum":{"field":"value"}},"n":{"value_count":{"field":"value"}},"values":{"stats":{"field":"value"}}}
            """;
        var (indices, parts) = (await Documents.ListIndicesAsync(), AggregationReader.Read(JsonDocument.Parse(all).RootElement, default));
        var slices = 0;
        await foreach (var slice in AggregatedSlices.ReadAsync(Documents, new DocumentScan(indices, Query.All), parts, Minute, default))
        {
            var range = QueryReader.Read(JsonSerializer.SerializeToElement(new { range = new { ts = new { gte = slice.StartMs, lt = slice.StartMs + Minute } } }), default);
            var alone = await new Searcher(Documents).SearchAsync(indices, new SearchRequest { Query = range, Size = 0, Aggregations = parts }, default);
            Text(slice.Results).ShouldBe(Text(alone.Aggregations));
            slices++;
        }
        slices.ShouldBe(12);

        static string Text(IReadOnlyList<AggregationResult> results)
        {
            using var stream = new MemoryStream();
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                AggregationResult.Write(json, results, typed: true);
                json.WriteEndObject();
            }
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }

    [Fact]
    public async Task The_query_is_obeyed()
    {
        var feed = Feed(Over(ByHost)) with { Query = JsonDocument.Parse("""{"range":{"value":{"gte":100}}}""").RootElement };
        (await Sources.Open(feed, Reading.Counting()).RowsAsync(0, SampleSet.Plain.To + Minute)).ShouldAllBe(row => double.Parse(row.Split(' ')[2], null) >= 100);
    }

    [Fact]
    public async Task More_buckets_in_one_of_the_time_than_a_search_may_make_stop_it_for_good()
    {
        var (info, _) = await Documents.CreateIndexAsync(new IndexDefinition("plain-many", new string('v', 22), "ts", "{}", "{}", null, 0));
        await Documents.WriteAsync(info.Number, [.. Enumerable.Range(0, 70_000).Select(i =>
            new DocumentWrite(WriteKind.Index, null, 7, Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""{"ts":7,"host":"{{i}}","value":1}"""))))]);
        foreach (var aggregations in new[] { Over(ByHost), Composite })
        {
            var failure = await Should.ThrowAsync<SourceException>(() => Open(aggregations).PagesAsync(0, Minute));
            failure.IsPermanent.ShouldBeTrue();
            failure.Message.ShouldContain("more than 65536 buckets");
        }
    }

    [Theory]
    [InlineData(""" "host":{"terms":{"field":"host"}},"other":{"terms":{"field":"x"}},"value":{"avg":{"field":"value"}} """, "side by side")]
    [InlineData(""" "host":{"date_histogram":{"field":"x","fixed_interval":"1m"},"aggs":{"value":{"avg":{"field":"value"}}}} """, "second [date_histogram]")]
    [InlineData(""" "host":{"terms":{"field":"host"},"aggs":{"value":{"stats":{"field":"value"}}}} """, "no single value")]
    [InlineData(""" "host":{"terms":{"field":"host"},"aggs":{"value":{"percentiles":{"field":"value"}}}} """, "unknown aggregation [percentiles]")]
    [InlineData(""" "host":{"terms":{"field":"host"}} """, "give no field [value]")]
    public void What_gives_no_records_is_refused_by_name(string inner, string why)
    {
        var problems = new ProblemList();
        Sources.Check(Feed(Over(inner)), Reading.Counting(), problems);
        var problem = Should.Throw<InvalidConfigException>(problems.ThrowIfAny).Problems.Single();
        (problem.Path, problem.Kind).ShouldBe(("aggregations", ProblemKind.IllegalArgument));
        problem.Message.ShouldContain(why);
    }
}
