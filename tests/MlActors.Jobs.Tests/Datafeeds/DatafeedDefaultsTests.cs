using System.Globalization;
using System.Text;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Jobs.Tests.Datafeeds;

/// <summary>What a datafeed does that was told nothing about when to look.</summary>
public class DatafeedDefaultsTests
{
    private static JobConfig Job(string jobId, string bucketSpan = "15m") => JobConfigReader.ReadPut(jobId, Encoding.UTF8.GetBytes(
        $$$"""{"analysis_config":{"bucket_span":"{{{bucketSpan}}}","detectors":[{"function":"count"}]},"data_description":{}}"""), JobLimits.Default, DateTimeOffset.UnixEpoch);

    private static DatafeedConfig Feed(JobConfig job, string more = "") => DatafeedReader.ReadPut(
        "feed", Encoding.UTF8.GetBytes($$"""{"job_id":"{{job.JobId}}","indices":["x"]{{more}}}"""), job, new ScriptedSource(job.ToSettings().Schema));

    [Fact]
    public void The_query_delay_is_between_one_and_two_minutes_spread_out_by_the_job_and_always_the_same_for_it()
    {
        var delays = Enumerable.Range(0, 300).Select(i => Seconds(Job("job-" + i.ToString(CultureInfo.InvariantCulture)))).ToList();
        delays.ShouldAllBe(delay => delay >= 60 && delay < 120);
        for (var from = 60; from < 120; from += 10) delays.Count(delay => delay >= from && delay < from + 10).ShouldBeGreaterThan(20);
        Seconds(Job("job-7")).ShouldBe(delays[7]);

        static double Seconds(JobConfig job) => TimeValue.Parse(Feed(job).QueryDelay, "query_delay").Duration.TotalSeconds;
    }

    [Theory]
    [InlineData("10s", 60)]
    [InlineData("2m", 60)]
    [InlineData("3m", 90)]
    [InlineData("15m", 450)]
    [InlineData("20m", 600)]
    [InlineData("12h", 600)]
    [InlineData("1d", 3600)]
    public void The_frequency_is_half_a_bucket_span_at_least_a_minute_and_at_most_ten(string bucketSpan, int seconds)
    {
        var job = Job("j", bucketSpan);
        RealTimeSchedule.Of(Feed(job), job).FrequencyMs.ShouldBe(seconds * 1000);
        RealTimeSchedule.Of(Feed(job, ""","frequency":"7s" """), job).FrequencyMs.ShouldBe(7000);
    }
}
