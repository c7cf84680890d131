using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class EventTimeTests
{
    private const long Hour = 3600;
    private const long Day = 24 * Hour;

    // A Monday, 00:00 UTC.
    private const long Start = 1_748_822_400;

    [Theory]
    [InlineData("time_of_day", 900)]
    [InlineData("time_of_day", 3600)]
    [InlineData("time_of_day", 86_400)]
    [InlineData("time_of_week", 900)]
    [InlineData("time_of_week", 3600)]
    public void An_event_at_night_is_unusual_for_one_who_works_by_day(string function, long span)
    {
        var settings = Of(span, Detector(function));
        var odd = Start + (40 * Day) + (3 * Hour) + 754;
        var results = Analyse(settings, WorkingHours(50, new Noise(1)).Append(odd));

        var record = results.Single(bucket => bucket.Timestamp == BucketTime.Floor(odd, span)).Records.ShouldHaveSingleItem();
        record.Function.ShouldBe(function);
        record.FunctionDescription.ShouldBe("time");
        record.FieldName.ShouldBeNull();
        record.Actual.ShouldBe([(odd - Start) % (function == "time_of_day" ? Day : 7 * Day)]);
        // The nearest usual time is the beginning of the working day.
        (record.Typical.ShouldHaveSingleItem() % Day / Hour).ShouldBeInRange(7.9, 9.8);
        record.RecordScore.ShouldBeGreaterThan(20);
        record.Explanation!.AnomalyType.ShouldBeNull();
        results.SelectMany(bucket => bucket.Records).Max(r => r.RecordScore).ShouldBe(record.RecordScore);
    }

    [Fact]
    public void Saturday_is_unusual_in_the_week_and_not_in_the_day()
    {
        var times = WorkingHours(90, new Noise(2)).Where(time => (time - Start) / Day % 7 < 5).ToList();
        // A Saturday at noon.
        var odd = Start + (82 * Day) + (12 * Hour);
        times.Add(odd);
        Analyse(Of(Hour, Detector("time_of_week")), times).Single(bucket => bucket.Timestamp == odd).Records.ShouldHaveSingleItem().Actual.ShouldBe([(5 * Day) + (12 * Hour)]);
        Analyse(Of(Hour, Detector("time_of_day")), times).Single(bucket => bucket.Timestamp == odd).Records.ShouldBeEmpty();
    }

    [Fact]
    public void The_day_is_that_of_the_time_zone_also_when_the_clocks_change()
    {
        // Work from 9 to 17 in Berlin; on 2025-10-26 the clocks go back.
        var settings = Of(900, Detector("time_of_day")) with { TimeZone = "Europe/Berlin" };
        const long change = 1_761_440_400;
        var times = WorkingHours(180, new Noise(3)).Select(time => time < change ? time - (2 * Hour) : time - Hour).Distinct().ToList();
        var odd = Start + (170 * Day) + (3 * Hour) - Hour;
        times.Add(odd);
        var results = Analyse(settings, times);
        results.Single(bucket => bucket.Timestamp == odd).Records.ShouldHaveSingleItem().Actual.ShouldBe([3 * Hour]);
        results.Where(bucket => bucket.Timestamp >= change && bucket.Timestamp != odd).SelectMany(bucket => bucket.Records).Where(r => r.RecordScore > 25).ShouldBeEmpty();
    }

    [Fact]
    public void Members_are_judged_by_the_times_of_all_and_get_the_record_with_its_cause()
    {
        var settings = Of(900, Detector("time_of_day", over: "user"));
        var noise = new Noise(4);
        var rows = new List<Row>();
        for (var user = 0; user < 8; user++) rows.AddRange(WorkingHours(40, noise).Select(time => new Row(time, ("user", $"u{user}"))));
        var odd = Start + (35 * Day) + (2 * Hour);
        rows.Add(new Row(odd, ("user", "newcomer")));
        var record = Analyse(settings, rows).Single(bucket => bucket.Timestamp == odd).Records.ShouldHaveSingleItem();
        (record.OverFieldName, record.OverFieldValue).ShouldBe(("user", "newcomer"));
        var cause = record.Causes.ShouldHaveSingleItem();
        cause.Actual.ShouldBe([2 * Hour]);
        cause.Typical.ShouldBe(record.Typical);
    }

    [Fact]
    public void Series_and_partitions_have_times_of_their_own()
    {
        var settings = Of(Hour, Detector("time_of_day", by: "host", partition: "shop"));
        var noise = new Noise(5);
        Row At(long time, string host, string shop) => new(time, ("host", host), ("shop", shop));
        var rows = WorkingHours(40, noise).Select(time => At(time, "a", "x"))
            .Concat(WorkingHours(40, noise).Select(time => At(time + (12 * Hour), "b", "x")))
            .Concat(WorkingHours(40, noise).Select(time => At(time + (12 * Hour), "a", "y"))).ToList();
        var odd = Start + (38 * Day) + (2 * Hour);
        rows.Add(At(odd, "a", "x"));
        var record = Analyse(settings, rows).Single(bucket => bucket.Timestamp == odd).Records.ShouldHaveSingleItem();
        (record.ByFieldValue, record.PartitionFieldValue).ShouldBe(("a", "x"));
    }

    [Fact]
    public void What_would_have_been_usual_is_a_time_at_which_events_came()
    {
        // A job that runs at 2:05, once at 14:00.
        var times = Enumerable.Range(0, 100).Select(day => Start + (day * Day) + (2 * Hour) + 300).ToList();
        var odd = Start + (80 * Day) + (14 * Hour);
        times.Add(odd);
        var record = Analyse(Of(900, Detector("time_of_day")), times).Single(bucket => bucket.Timestamp == odd).Records.ShouldHaveSingleItem();
        record.Actual.ShouldBe([14 * Hour]);
        (record.Typical.ShouldHaveSingleItem() / 900).ShouldBeInRange(8, 9);
    }

    [Fact]
    public void Nothing_is_unusual_before_there_were_days_to_compare_with()
    {
        var settings = Of(900, Detector("time_of_day"));
        var odd = Start + (2 * Day) + (3 * Hour);
        Analyse(settings, WorkingHours(3, new Noise(6)).Append(odd)).SelectMany(bucket => bucket.Records).ShouldBeEmpty();
        var week = Of(900, Detector("time_of_week"));
        Analyse(week, WorkingHours(9, new Noise(6)).Append(odd + (6 * Day))).SelectMany(bucket => bucket.Records).ShouldBeEmpty();
    }

    [Fact]
    public void A_night_shift_that_began_is_usual_after_a_while_and_old_times_are_forgotten()
    {
        var settings = Of(Hour, Detector("time_of_day"));
        var moved = Start + (60 * Day);
        var times = WorkingHours(320, new Noise(7)).Select(time => time < moved ? time : time + (12 * Hour)).ToList();
        times.Add(Start + (310 * Day) + (12 * Hour));
        var records = Analyse(settings, times).SelectMany(bucket => bucket.Records.Select(record => (Day: (bucket.Timestamp - Start) / Day, record))).ToList();
        records.Where(found => found.Day is 60 or 61).ShouldNotBeEmpty();
        records.Where(found => found.Day is > 80 and not 310 && found.record.RecordScore > 25).ShouldBeEmpty();
        records.Where(found => found.Day == 310).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("time_of_day", 900, "work")]
    [InlineData("time_of_day", 3600, "work")]
    [InlineData("time_of_day", 86_400, "work")]
    [InlineData("time_of_day", 3600, "always")]
    [InlineData("time_of_day", 900, "peak")]
    [InlineData("time_of_day", 86_400, "peak")]
    [InlineData("time_of_week", 3600, "peak")]
    [InlineData("time_of_week", 3600, "always")]
    public void A_probability_below_one_percent_comes_at_most_twice_in_a_hundred_buckets(string function, long span, string shape)
    {
        var (unlikely, all) = (0, 0);
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var noise = new Noise(100 + seed);
            var times = shape switch
            {
                "work" => WorkingHours(120, noise),
                "always" => Enumerable.Range(0, 120 * 30).Select(_ => Start + (long)(120 * Day * noise.Uniform())),
                _ => Enumerable.Range(0, 120 * 30).Select(i => Start + (i / 30 * Day) + (long)Math.Clamp((13 * Hour) + (2.5 * Hour * noise.Gaussian()), 0, Day - 1)),
            };
            var results = Analyse(Of(span, Detector(function)), times.ToList());
            foreach (var bucket in results.Where(bucket => bucket.EventCount > 0 && bucket.Timestamp > Start + (40 * Day)))
            {
                all++;
                if (bucket.Records.Any(record => record.Probability < 0.01)) unlikely++;
            }
        }
        ((double)unlikely / all).ShouldBeLessThan(0.02, $"{unlikely} of {all}");
    }

    [Fact]
    public void Who_was_there_at_the_unusual_time_is_the_influencer()
    {
        var settings = Of(Day, Detector("time_of_day")).WithInfluencers("user");
        var rows = WorkingHours(40, new Noise(8)).Select((time, i) => new Row(time, ("user", $"u{i % 5}"))).ToList();
        rows.Add(new Row(Start + (35 * Day) + (3 * Hour), ("user", "thief")));
        var record = Analyse(settings, rows).Single(bucket => bucket.Timestamp == Start + (35 * Day)).Records.ShouldHaveSingleItem();
        record.Influencers.ShouldHaveSingleItem().FieldValues.ShouldBe(["thief"]);
    }

    // Twenty events a day between 9 and 17 o'clock.
    private static IEnumerable<long> WorkingHours(int days, Noise noise) =>
        Enumerable.Range(0, days * 20).Select(i => Start + (i / 20 * Day) + (9 * Hour) + (long)(8 * Hour * noise.Uniform())).ToList();

    private static List<BucketResult> Analyse(AnalysisSettings settings, IEnumerable<long> times) => Analyse(settings, times.Select(time => new Row(time)).ToList());

    private static List<BucketResult> Analyse(AnalysisSettings settings, List<Row> rows)
    {
        rows.Sort((a, b) => a.Time.CompareTo(b.Time));
        var end = BucketTime.Ceiling(rows[^1].Time + 1, settings.BucketSpan);
        IEnumerable<AnalysisInput> inputs = [.. rows.Chunk(1000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(end)];
        return JobAnalysis.Create(settings).FoldAll(inputs);
    }
}
