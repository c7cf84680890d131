using System.Text.Json;
using MlActors.Datafeeds.Aggregating;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Tests.Aggregating;

/// <summary>What an aggregation must be, whatever server works it out.</summary>
public sealed class DatafeedAggregationTests
{
    private const string Inner = """ "aggs":{"ts":{"max":{"field":"ts"}},"host":{"terms":{"field":"host"},"aggs":{"value":{"avg":{"field":"value"}}}}} """;

    private static (DatafeedAggregation? Read, string Problems) Read(string aggregations, string? frequency = null)
    {
        var problems = new ProblemList();
        var datafeed = Reading.Datafeed(new { connection = "any" }) with { Frequency = frequency, Aggregations = JsonSerializer.Deserialize<JsonElement>(aggregations) };
        var read = DatafeedAggregation.Read(datafeed, Reading.Counting(), problems);
        return (read, Record.Exception(problems.ThrowIfAny)?.Message ?? "");
    }

    [Theory]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"30s","time_zone":"UTC","order":{"_key":"asc"}}, INNER }}""", 30_000, null)]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","calendar_interval":"minute"}, INNER }}""", 60_000, null)]
    [InlineData("""{"a":{"composite":{"sources":[{"at":{"date_histogram":{"field":"ts","fixed_interval":"1m"}}},{"host":{"terms":{"field":"host"}}}]},"aggregations":{"ts":{"min":{"field":"ts"}},"value":{"avg":{"field":"value"}}}}}""",
        60_000, "at")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m"},"aggs":{"host":{"terms":{"field":"host"},"aggs":{"ts":{"avg":{"field":"ts"}},"value":{"avg":{"field":"value"}}}}}}}""",
        60_000, null)]
    public void It_is_a_histogram_of_the_time_or_a_composite_that_begins_with_one(string aggregations, long interval, string? timeSource)
    {
        var (read, problems) = Read(aggregations.Replace("INNER", Inner, StringComparison.Ordinal), frequency: "2m");
        problems.ShouldBeEmpty();
        (read!.IntervalMs, read.TimeSource).ShouldBe((interval, timeSource));
    }

    [Theory]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m"}, INNER },"b":{"max":{"field":"ts"}}}""", "must have exactly one")]
    [InlineData("""{"a":{"terms":{"field":"host"}}}""", "of no kind that gives times")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","field":"ts","fixed_interval":"1m"}, INNER }}""", "has a field twice")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"7s"}, INNER }}""", "must be a multiple")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"2m"}, INNER }}""", "must be a multiple")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"0s"}, INNER }}""", "needs a fixed_interval")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":60}, INNER }}""", "needs a fixed_interval")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","calendar_interval":"month"}, INNER }}""", "needs a fixed_interval")]
    [InlineData("""{"a":{"date_histogram":{"field":"other","fixed_interval":"1m"}, INNER }}""", "is over [other]: it must be over the job's time field [ts]")]
    [InlineData("""{"a":{"date_histogram":{"field":["ts"],"fixed_interval":"1m"}, INNER }}""", "time field [ts]")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m","offset":"1s"}, INNER }}""", "has [offset]: leave it out")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m","keyed":true}, INNER }}""", "has [keyed]: leave it out")]
    [InlineData("""{"a":{"composite":{"sources":[{"ts":{"date_histogram":{"field":"ts","fixed_interval":"1m","format":"yyyy"}}}]}, INNER }}""", "has [format]: leave it out")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m","time_zone":"+01:00"}, INNER }}""", "must be UTC")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m","order":{"_key":"desc"}}, INNER }}""", "descending")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m"},"aggs":{"host":{"terms":{"field":"host"}},"value":{"avg":{"field":"value"}}}}}""", "add {\"ts\": {\"max\": {\"field\": \"ts\"}}}")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m"},"aggs":{"ts":{"max":{"field":"ts"}},"host":{"terms":{"field":"host"}}}}}""", "give no field [value]")]
    [InlineData("""{"a":{"composite":{"sources":[{"host":{"terms":{"field":"host"}}}]}}}""", "no times to sort by")]
    [InlineData("""{"a":{"composite":{"after":{"ts":5},"sources":[{"ts":{"date_histogram":{"field":"ts","fixed_interval":"1m"}}}]}, INNER }}""", "[after]")]
    [InlineData("""{"a":{"composite":{"sources":[{"ts":{"date_histogram":{"field":"ts","fixed_interval":"1m","order":"desc"}}}]}, INNER }}""", "descending")]
    [InlineData("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m"},"aggs":{"ts":{"max":{"field":"ts"}},"host":{"terms":{"field":"host"}},"value":{"histogram":{"field":"x"}}}}}""",
        "[aggregations] has [host] and [value] side by side: put one of them into the other")]
    [InlineData("""{"a":{"composite":{"sources":[{"ts":{"date_histogram":{"field":"ts","fixed_interval":"1m"}}}]},"aggs":{"host":{"terms":{"field":"host"},"aggs":{"ts":{"max":{"field":"ts"}},"value":{"range":{"field":"x"}},"other":{"filters":{}}}}}}}""",
        "[aggregations] has [value] and [other] side by side: put one of them into the other")]
    public void An_aggregation_that_gives_no_records_in_order_is_refused(string aggregations, string why) =>
        Read(aggregations.Replace("INNER", Inner, StringComparison.Ordinal)).Problems.ShouldContain(why);

    [Fact]
    public void A_frequency_that_would_cut_buckets_is_refused() =>
        Read("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m"},""" + Inner + "}}", frequency: "90s").Problems
            .ShouldContain("[frequency] is [90s]: must be a multiple of the interval 1m");

    [Fact]
    public void Buckets_side_by_side_of_kinds_that_are_not_known_here_are_refused_when_they_come()
    {
        var aggregation = Read("""{"a":{"date_histogram":{"field":"ts","fixed_interval":"1m"},""" + Inner + "}}").Read!;
        var records = new BucketRecords(aggregation, Reading.Counting(), PageLimits.Default);
        var answer = JsonSerializer.Deserialize<JsonElement>("""{"buckets":[{"key":0,"doc_count":1,"ts":{"value":5},"host":{"buckets":[]},"grid":{"buckets":[]}}]}""");
        var failure = Should.Throw<SourceException>(() => records.Add(answer));
        (failure.IsPermanent, failure.Message).ShouldBe((true, "[aggregations] has [host] and [grid] side by side: put one of them into the other"));
    }
}
