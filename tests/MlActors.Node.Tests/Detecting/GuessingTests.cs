using System.Globalization;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests.Detecting;

/// <summary>What <c>detect</c> finds out about the data by itself.</summary>
public sealed class GuessingTests : IDisposable
{
    private readonly DetectProcess _detect = new();

    public void Dispose() => _detect.Dispose();

    [Theory]
    [InlineData(299, 500, "mean", "5m")] // within a tenth of a round time
    [InlineData(420, 500, "mean", "7m")] // near none
    [InlineData(86_400, 60, "mean", "1d")]
    [InlineData(7, 5000, "count", "5m")] // twenty records are 140 s; the round time above
    [InlineData(60, 30, "count", "1m")] // twenty records would leave one bucket
    [InlineData(0, 10, "mean", "1m")] // no two times
    public async Task The_bucket_span_follows_the_step_of_the_data(int step, int rows, string function, string span)
    {
        _detect.Write("a.csv", "time,value\n" + string.Concat(Enumerable.Range(0, rows).Select(row => $"{1_704_067_200 + (row * step)},{row % 7}\n")));
        var result = await _detect.RunAsync("a.csv", "--function", function);
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain($"in buckets of {span}:");
    }

    [Theory]
    [InlineData("yyyy-MM-ddTHH:mm:ssZ")]
    [InlineData("yyyy-MM-ddTHH:mm:ss.fff+00:00")]
    [InlineData("yyyy-MM-dd HH:mm")]
    [InlineData("yyyy/MM/dd HH:mm:ss")]
    [InlineData("MM/dd/yyyy HH:mm")]
    [InlineData("dd.MM.yyyy HH:mm:ss")]
    [InlineData("dd/MMM/yyyy:HH:mm:ss +0000")]
    [InlineData("yyyy-MM-dd")]
    public async Task Times_are_recognised_by_their_looks(string format)
    {
        var start = new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc);
        _detect.Write("a.csv", "when,value\n" + string.Concat(Enumerable.Range(0, 60).Select(day =>
            $"{start.AddDays(day).ToString(format.Replace("/", "\\/").Replace("Z", "\\Z").Replace("T", "\\T"), CultureInfo.InvariantCulture)},{day % 7}\n")));
        var result = await _detect.RunAsync("a.csv");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain("60 records, 2024-02-29 00:00:00 to 2024-04-28 00:00:00, in buckets of 1d: mean(value)");
    }

    [Fact]
    public async Task Whether_the_day_or_the_month_comes_first_is_told_when_nothing_says_it()
    {
        _detect.Write("a.csv", "when,value\n" + string.Concat(Enumerable.Range(0, 100).Select(row => $"03/04/2024 {row / 60:00}:{row % 60:00},{row % 7}\n")));
        var result = await _detect.RunAsync("a.csv");
        result.Error.ShouldContain("100 records, 2024-03-04 00:00:00");
        result.Error.ShouldContain("times such as [03/04/2024 00:00] were read with the month first; --time-format \"d/M/yyyy H:mm[:ss]\" reads them with the day first");
        (await _detect.RunAsync("a.csv", "--time-format", "d/M/yyyy H:mm[:ss]")).Error.ShouldContain("100 records, 2024-04-03 00:00:00");
    }

    [Fact]
    public async Task A_table_without_a_header_is_seen_by_its_first_line()
    {
        _detect.Write("a.csv", string.Concat(Enumerable.Range(0, 100).Select(row => $"{Made.Seconds(row)}000,{row % 7}\n")));
        var result = await _detect.RunAsync("a.csv");
        result.Error.ShouldContain("100 records, 2024-01-01 00:00:00 to 2024-01-01 08:15:00, in buckets of 5m: mean(column_2)");
    }

    [Fact]
    public async Task The_time_is_found_by_its_name_before_it_is_found_by_its_contents()
    {
        _detect.Write("a.csv", "created,time,value\n" + string.Concat(Enumerable.Range(0, 100).Select(row => $"2020-01-01 00:00:00,{Made.Seconds(row)},{row % 7}\n")));
        (await _detect.RunAsync("a.csv")).Error.ShouldContain("100 records, 2024-01-01 00:00:00");
        (await _detect.RunAsync("a.csv", "--time", "created")).Error.ShouldContain("100 records, 2020-01-01 00:00:00");
    }

    [Fact]
    public async Task Without_numbers_records_are_counted_and_an_empty_bucket_is_0()
    {
        _detect.Write("a.csv", "time,user\n" + string.Concat(Enumerable.Range(0, 400).Where(row => row is < 200 or >= 250).Select(row => $"{Made.Seconds(0) + (row * 60)},u{row}\n")));
        var result = await _detect.RunAsync("a.csv", "--bucket-span", "10m", "--out", "out.csv");
        result.Error.ShouldContain("there is no column of numbers, so records are counted");
        var lines = _detect.Read("out.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("timestamp,actual,typical,lower,upper,probability,record_score,anomaly_score,alert_score");
        lines[1..].Select(line => line.Split(',')[1]).ShouldBe(Enumerable.Range(0, 40).Select(bucket => bucket is >= 20 and < 25 ? "0" : "10"));
    }

    [Fact]
    public async Task A_mean_has_no_line_for_an_empty_bucket_and_is_over_the_records_of_a_full_one()
    {
        _detect.Write("a.csv", "time,value\n" + string.Concat(Enumerable.Range(0, 100).Where(row => row is < 50 or >= 60).Select(row => $"{Made.Seconds(0) + (row * 60)},{row}\n")));
        await _detect.RunAsync("a.csv", "--bucket-span", "10m", "--out", "out.csv");
        _detect.Read("out.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split(',')[..2])
            .ShouldBe(Enumerable.Range(0, 10).Where(bucket => bucket != 5).Select(bucket => new[] { Made.Time(bucket * 2).Replace(' ', 'T') + "Z", $"{(bucket * 10) + 4.5}" }));
    }
}
