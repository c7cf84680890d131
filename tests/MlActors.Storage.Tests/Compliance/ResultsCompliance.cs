using System.Text.Json;
using MlActors.Analysis.Results;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

public abstract class ResultsCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task Buckets_records_and_influencers_come_back_as_documents()
    {
        var bucket = Make.Bucket(300, 60, records: [Make.Record(60), Make.Record(5)], influencers: [Make.Influencer(33)]);
        await WriteAsync(new WriteResults("a", [bucket], [12.6]));
        var document = (await Query(ResultKind.Bucket)).Single();
        document.GetProperty("timestamp").GetInt64().ShouldBe(300_000);
        document.GetProperty("anomaly_score").GetDouble().ShouldBe(60);
        document.GetProperty("processing_time_ms").GetInt64().ShouldBe(13);
        (await Query(ResultKind.Record)).Select(record => record.GetProperty("record_score").GetDouble()).ShouldBe([60, 5]);
        (await Query(ResultKind.Influencer)).Single().GetProperty("influencer_score").GetDouble().ShouldBe(33);
    }

    [Fact]
    public async Task Writing_the_same_results_again_changes_no_byte()
    {
        WriteResults[] all =
        [
            Make.Results("a", Make.Bucket(300, 1, records: [Make.Record(1), Make.Record(2)], influencers: [Make.Influencer(3)]), Make.Bucket(600, 2)),
            Make.Results("b", Make.Bucket(300, 7, records: [Make.Record(1)])),
            Make.Results("a", Make.Bucket(900, 4, records: [Make.Record(9)])),
        ];
        foreach (var write in all) await WriteAsync(write);
        var once = await Subject.DumpResultsAsync();
        once.ShouldContain("record_score");
        foreach (var write in all) await WriteAsync(write);
        (await Subject.DumpResultsAsync()).ShouldBe(once);
    }

    [Fact]
    public async Task A_bucket_written_again_replaces_all_that_it_held()
    {
        await WriteAsync(Make.Results("a", Make.Bucket(300, 9,
            records: [Make.Record(9), Make.Record(8), Make.Record(7)], influencers: [Make.Influencer(1), Make.Influencer(2)])));
        await WriteAsync(Make.Results("a", Make.Bucket(300, 1, records: [Make.Record(3)])));
        (await Query(ResultKind.Record)).Select(record => record.GetProperty("record_score").GetDouble()).ShouldBe([3]);
        (await Query(ResultKind.Influencer)).ShouldBeEmpty();
        (await Query(ResultKind.Bucket)).Single().GetProperty("anomaly_score").GetDouble().ShouldBe(1);
    }

    [Fact]
    public async Task A_final_bucket_removes_all_interim_results_of_its_job_alone()
    {
        BucketResult Interim(long timestamp) => Make.Bucket(timestamp, 5, interim: true, records: [Make.Record(5)], influencers: [Make.Influencer(5)]);
        await WriteAsync(Make.Results("a", Interim(600), Interim(900)), Make.Results("b", Interim(600)));
        (await Count(ResultKind.Record)).ShouldBe(2);
        await WriteAsync(Make.Results("a", Make.Bucket(300, 1, records: [Make.Record(1)])));
        (await Query(ResultKind.Bucket)).Single().GetProperty("is_interim").GetBoolean().ShouldBeFalse();
        (await Query(ResultKind.Record)).Single().GetProperty("timestamp").GetInt64().ShouldBe(300_000);
        (await Query(ResultKind.Influencer)).ShouldBeEmpty();
        (await Count(ResultKind.Record, job: "b")).ShouldBe(1);
    }

    [Fact]
    public async Task Interim_results_keep_the_final_ones_and_replace_their_own_bucket()
    {
        await WriteAsync(Make.Results("a", Make.Bucket(300, 1, records: [Make.Record(1)])));
        await WriteAsync(Make.Results("a", Make.Bucket(600, 2, interim: true, records: [Make.Record(2), Make.Record(2)])));
        await WriteAsync(Make.Results("a", Make.Bucket(600, 3, interim: true, records: [Make.Record(3)])));
        (await Query(ResultKind.Bucket)).Select(bucket => bucket.GetProperty("anomaly_score").GetDouble()).ShouldBe([1, 3]);
        (await Count(ResultKind.Record)).ShouldBe(2);
        (await Count(ResultKind.Record, excludeInterim: true)).ShouldBe(1);
        (await Count(ResultKind.Bucket, excludeInterim: true)).ShouldBe(1);
    }

    [Fact]
    public async Task Queries_filter_by_score_and_by_time_with_an_open_end()
    {
        await WriteAsync(Make.Results("a", [.. Enumerable.Range(1, 10).Select(i => Make.Bucket(i * 300, i * 10, records: [Make.Record(i * 10)]))]));
        (await Count(ResultKind.Bucket, minScore: 50)).ShouldBe(6);
        (await Count(ResultKind.Record, minScore: 50.1)).ShouldBe(5);
        (await Count(ResultKind.Bucket, start: 600_000, end: 1_200_000)).ShouldBe(2);
        (await Count(ResultKind.Bucket, start: 600_001, end: 1_200_001)).ShouldBe(2, "bounds within a second count from the next one on");
        (await Count(ResultKind.Bucket, start: -1)).ShouldBe(10);
        (await Count(ResultKind.Bucket, job: "b")).ShouldBe(0);
    }

    [Fact]
    public async Task Pages_follow_each_other_and_the_count_is_that_of_all_hits()
    {
        // Many equal scores: only a fixed order of ties gives pages without gaps and repeats.
        await WriteAsync(Make.Results("a", [.. Enumerable.Range(1, 8).Select(i => Make.Bucket(i * 300, 1,
            records: [.. Enumerable.Range(0, 5).Select(n => Make.Record(n % 2, partition: $"{i}-{n}"))]))]));
        var all = (await Storage.Results.QueryAsync(Ask(ResultKind.Record) with { Size = 1000 })).Documents.Select(Partition).ToList();
        all.Count.ShouldBe(40);
        var paged = new List<string>();
        for (var from = 0; from < 40; from += 7)
        {
            var page = await Storage.Results.QueryAsync(Ask(ResultKind.Record) with { From = from, Size = 7 });
            page.Count.ShouldBe(40);
            paged.AddRange(page.Documents.Select(Partition));
        }
        paged.ShouldBe(all);
        all.Take(3).ShouldBe(["1-1", "1-3", "2-1"]);
        var empty = await Storage.Results.QueryAsync(Ask(ResultKind.Record) with { From = 40, Size = 7 });
        (empty.Count, empty.Documents.Count).ShouldBe((40, 0));
        (await Storage.Results.QueryAsync(Ask(ResultKind.Record) with { Size = 0 })).Count.ShouldBe(40);

        static string Partition(ReadOnlyMemory<byte> document) => Parse(document).GetProperty("partition_field_value").GetString()!;
    }

    [Fact]
    public async Task Every_documented_field_sorts_in_both_directions_with_missing_values_last()
    {
        var random = new Random(17);
        var records = Enumerable.Range(0, 30).Select(i => Make.Record(random.Next(5), $"p{random.Next(5)}", random.Next(3), random.NextDouble()) with
        {
            ByFieldName = i % 3 == 0 ? null : "by", ByFieldValue = i % 3 == 0 ? null : $"b{random.Next(4)}", Actual = i % 4 == 0 ? [] : [random.Next(9)],
        }).ToArray();
        await WriteAsync(Make.Results("a", [.. records.Chunk(3).Select((chunk, i) => Make.Bucket(300 * (i + 1), random.Next(4), records: chunk,
            influencers: [Make.Influencer(random.Next(4), $"v{random.Next(3)}")]))]));

        foreach (var kind in Enum.GetValues<ResultKind>())
        {
            foreach (var field in ResultDocuments.SortFields(kind))
            {
                foreach (var descending in new[] { false, true })
                {
                    var page = await Storage.Results.QueryAsync(Ask(kind) with { Sort = field, Descending = descending });
                    var documents = page.Documents.Select(Parse).ToList();
                    var keys = documents.Select(document => Key(document, field)).ToList();
                    var expected = descending
                        ? keys.Where(key => key is not null).OrderDescending().Concat(keys.Where(key => key is null))
                        : keys.Where(key => key is not null).Order().Concat(keys.Where(key => key is null));
                    keys.ShouldBe(expected, $"{kind} by {field}, descending {descending}");
                    if (field == "timestamp") continue;
                    documents.Zip(documents.Skip(1)).Where(pair => Equals(Key(pair.First, field), Key(pair.Second, field)))
                        .ShouldAllBe(pair => pair.First.GetProperty("timestamp").GetInt64() <= pair.Second.GetProperty("timestamp").GetInt64());
                }
            }
        }

        static IComparable? Key(JsonElement document, string field) => !document.TryGetProperty(field, out var value) ? null : value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.Array => value[0].GetDouble(),
            JsonValueKind.True => 1.0,
            JsonValueKind.False => 0.0,
            _ => new OrdinalText(value.GetString()!),
        };
    }

    [Theory]
    [InlineData("record_score; DROP TABLE record")]
    [InlineData("document")]
    [InlineData("Timestamp")]
    [InlineData("anomaly_score')--")]
    public async Task Other_fields_to_sort_by_are_refused(string field) =>
        await Should.ThrowAsync<ArgumentException>(() => Storage.Results.QueryAsync(Ask(ResultKind.Record) with { Sort = field }));

    [Fact]
    public async Task Bucket_scores_come_in_order_of_time()
    {
        await WriteAsync(Make.Results("a", Make.Bucket(900, 9), Make.Bucket(300, 3), Make.Bucket(600, 6)), Make.Results("b", Make.Bucket(300, 1)));
        await WriteAsync(Make.Results("a", Make.Bucket(1200, 12, interim: true)));
        (await Storage.Results.ReadBucketScoresAsync("a", null, null, excludeInterim: false))
            .ShouldBe([new(300, 3, false), new(600, 6, false), new(900, 9, false), new(1200, 12, true)]);
        (await Storage.Results.ReadBucketScoresAsync("a", 300_001, 1_200_001, excludeInterim: true)).ShouldBe([new(600, 6, false), new(900, 9, false)]);
        (await Storage.Results.ReadBucketScoresAsync("a", 600_000, 900_000, excludeInterim: false)).ShouldBe([new(600, 6, false)]);
    }

    [Fact]
    public async Task Results_that_have_had_their_time_are_deleted_in_pieces_whoever_owns_the_job()
    {
        await WriteAsync(Make.Results("a", [.. Enumerable.Range(1, 10).Select(i => Make.Bucket(i * 300, 1, records: [Make.Record(1)], influencers: [Make.Influencer(1)]))]));
        (await Storage.Jobs.ReadLatestBucketAsync("a")).ShouldBe(3000);
        (await Storage.Jobs.ReadLatestBucketAsync("none")).ShouldBeNull();
        (await Storage.Jobs.HasResultsAsync("a", long.MinValue, 300)).ShouldBeFalse();
        var rounds = 0;
        for (; await Storage.Jobs.HasResultsAsync("a", long.MinValue, 2401); rounds++) await WriteAsync(new DeleteResults("a", long.MinValue, 3, Before: 2401));
        rounds.ShouldBe(3);
        foreach (var kind in (ResultKind[])[ResultKind.Bucket, ResultKind.Record, ResultKind.Influencer]) (await Count(kind)).ShouldBe(2);
    }

    [Fact]
    public async Task Results_are_deleted_from_a_time_on_in_pieces()
    {
        await WriteAsync(Make.Results("a", [.. Enumerable.Range(1, 10).Select(i => Make.Bucket(i * 300, 1,
            records: [Make.Record(1), Make.Record(2)], influencers: [Make.Influencer(1)]))]));
        await WriteAsync(Make.Results("b", Make.Bucket(3000, 1, records: [Make.Record(1)])));
        await WriteAsync(new DeleteResults("a", 901, 4));
        (await Count(ResultKind.Bucket)).ShouldBe(6);
        (await Count(ResultKind.Record)).ShouldBe(16);
        (await Count(ResultKind.Influencer)).ShouldBe(6);
        var rounds = 1;
        for (; await Storage.Jobs.HasResultsAsync("a", 901); rounds++) await WriteAsync(new DeleteResults("a", 901, 4));
        rounds.ShouldBe(4);
        (await Count(ResultKind.Bucket)).ShouldBe(3);
        (await Count(ResultKind.Record)).ShouldBe(6);
        (await Count(ResultKind.Bucket, job: "b")).ShouldBe(1);
        await WriteAsync(new DeleteResults("a", long.MinValue, 100));
        (await Storage.Jobs.HasWorkAsync("a")).ShouldBeFalse();
    }

    [Fact]
    public async Task Categories_come_in_order_of_id_and_are_replaced()
    {
        await WriteAsync(new PutCategories("a", [Make.Category(2), Make.Category(1), Make.Category(10, "p")], 10), new PutCategories("b", [Make.Category(7)], 7));
        await WriteAsync(new PutCategories("a", [Make.Category(2, matches: 5)], 10));
        (await Categories()).Select(category => (category.GetProperty("category_id").GetInt32(), category.GetProperty("num_matches").GetInt64())).ShouldBe([(1, 1), (2, 5), (10, 1)]);
        (await Categories(from: 1, size: 1)).Single().GetProperty("category_id").GetInt32().ShouldBe(2);
        (await Categories(id: 10)).Single().GetProperty("partition_field_value").GetString().ShouldBe("p");
        (await Categories(partition: "p")).Single().GetProperty("mlcategory").GetString().ShouldBe("10");
        (await Categories(partition: "q")).ShouldBeEmpty();
        (await Categories(id: 3)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Categories_that_the_analysis_does_not_know_any_more_go_with_the_next_write_and_all_with_the_work()
    {
        await WriteAsync(new PutCategories("a", [.. Enumerable.Range(1, 25).Select(id => Make.Category(id))], 25), new PutCategories("b", [Make.Category(1)], 1));
        await WriteAsync(new PutCategories("a", [Make.Category(4)], 12));
        (await Categories()).Count.ShouldBe(12);
        await WriteAsync(new DeleteWork("a", 10));
        (await Categories()).Count.ShouldBe(2);
        await WriteAsync(new DeleteWork("a", 10));
        (await Storage.Jobs.HasWorkAsync("a")).ShouldBeFalse();
        (await Storage.Jobs.HasWorkAsync("b")).ShouldBeTrue();
    }

    private async Task<List<JsonElement>> Categories(long? id = null, string? partition = null, int from = 0, int size = 100)
    {
        var page = await Storage.Results.QueryCategoriesAsync(new CategoryQuery("a", id, partition, from, size));
        page.Count.ShouldBeGreaterThanOrEqualTo(page.Documents.Count);
        return [.. page.Documents.Select(document => JsonDocument.Parse(document).RootElement)];
    }

    [Fact]
    public async Task Scores_are_read_as_they_are_worth_and_initial_scores_as_they_were()
    {
        await WriteAsync(Make.Results("a",
            Make.Bucket(300, 80, records: [Make.Record(80), Make.Record(96)], influencers: [Make.Influencer(80)]), Make.Bucket(600, 30, records: [Make.Record(30)])));
        // Up to 80 half, above up to 100 again.
        await WriteAsync(new PutScoreScale("a", [.. Enumerable.Range(0, 101).Select(score => score <= 80 ? score / 2.0 : 40 + (3.0 * (score - 80)))]));
        (await Query(ResultKind.Record)).Select(record => (record.GetProperty("record_score").GetDouble(), record.GetProperty("initial_record_score").GetDouble()))
            .ShouldBe([(88, 96), (40, 80), (15, 30)]);
        (await Query(ResultKind.Influencer)).Single().GetProperty("influencer_score").GetDouble().ShouldBe(40);
        var bucket = (await Query(ResultKind.Bucket))[0];
        (bucket.GetProperty("anomaly_score").GetDouble(), bucket.GetProperty("initial_anomaly_score").GetDouble(), bucket.GetProperty("processing_time_ms").GetInt64() >= 0).ShouldBe((40, 80, true));
        bucket.GetProperty("bucket_influencers")[0].GetProperty("anomaly_score").GetDouble().ShouldBe(40);
        (await Storage.Results.ReadBucketScoresAsync("a", null, null, false)).Select(score => score.AnomalyScore).ShouldBe([40, 15]);

        (await CountFrom(39)).ShouldBe(2);
        (await CountFrom(41)).ShouldBe(1);
        (await CountFrom(88.5)).ShouldBe(0);
        await WriteAsync(new PutScoreScale("a", [.. Enumerable.Range(0, 101).Select(score => (double)score)]));
        (await CountFrom(41)).ShouldBe(2);
        await WriteAsync(new DeleteWork("a", 10));

        async Task<long> CountFrom(double score) =>
            (await Storage.Results.QueryAsync(new ResultQuery(ResultKind.Record, "a", score, false, null, null, 0, 10, "record_score", true))).Count;
    }

    [Fact]
    public async Task A_score_that_is_no_number_is_stored_as_the_lowest()
    {
        await WriteAsync(Make.Results("a", Make.Bucket(300, double.NaN, records: [Make.Record(double.PositiveInfinity)])));
        (await Count(ResultKind.Bucket)).ShouldBe(1);
        (await Query(ResultKind.Record)).Single().TryGetProperty("record_score", out _).ShouldBeFalse();
    }

    private static ResultQuery Ask(ResultKind kind) => kind switch
    {
        ResultKind.Bucket => new(kind, "a", 0, false, null, null, 0, 1000, "timestamp", false),
        ResultKind.Record => new(kind, "a", 0, false, null, null, 0, 1000, "record_score", true),
        _ => new(kind, "a", 0, false, null, null, 0, 1000, "influencer_score", true),
    };

    private async Task<List<JsonElement>> Query(ResultKind kind) => [.. (await Storage.Results.QueryAsync(Ask(kind))).Documents.Select(Parse)];

    private async Task<long> Count(ResultKind kind, string job = "a", double minScore = 0, bool excludeInterim = false, long? start = null, long? end = null)
    {
        var page = await Storage.Results.QueryAsync(
            Ask(kind) with { JobId = job, MinScore = minScore, ExcludeInterim = excludeInterim, Start = start, End = end });
        page.Count.ShouldBe(page.Documents.Count);
        return page.Count;
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> document) => JsonElement.Parse(document.Span);

    private sealed record OrdinalText(string Text) : IComparable
    {
        public int CompareTo(object? other) => string.CompareOrdinal(Text, ((OrdinalText)other!).Text);
    }
}
