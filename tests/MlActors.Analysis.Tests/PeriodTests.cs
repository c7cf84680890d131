using MlActors.Analysis.Binary;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class PeriodTests
{
    private const long Span = 300;
    private const int Day = 288;

    [Theory]
    [InlineData(18, 2)]
    [InlineData(20, 1)]
    [InlineData(25, 12)]
    [InlineData(72, 5)]
    [InlineData(90, 45)]
    public void A_pulse_that_comes_again_is_found_to_the_second(int period, int width)
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var noise = new Noise(seed);
            Found(4000, i => (i % period < width ? 8 : 0) + noise.Gaussian()).ShouldBe((int)(period * Span));
        }
    }

    [Theory]
    [InlineData("noise")]
    [InlineData("daily")]
    [InlineData("weekly")]
    [InlineData("trend")]
    [InlineData("one pulse")]
    [InlineData("constant")]
    public void Where_nothing_returns_and_of_days_and_weeks_nothing_is_found(string kind)
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var noise = new Noise(seed);
            Found(8000, i => kind switch
            {
                "daily" => (4 * Math.Sin(2 * Math.PI * i / Day)) + noise.Gaussian(),
                "weekly" => (i / Day % 7 < 5 ? 4 : 0) + noise.Gaussian(),
                "trend" => (0.01 * i) + noise.Gaussian(),
                "one pulse" => (i is > 300 and < 320 ? 8 : 0) + noise.Gaussian(),
                "constant" => 5,
                _ => noise.Gaussian(),
            }).ShouldBe(0);
        }
    }

    [Fact]
    public void A_search_ends_and_what_was_rejected_is_not_found_again()
    {
        var noise = new Noise(1);
        var search = new PeriodSearch();
        var (bucket, looks, rejected) = (0, 0, 0);
        while (search.Take(bucket, (bucket % 18 < 2 ? 8 : 0) + noise.Gaussian(), 1, Span, out var period))
        {
            bucket++;
            if (period == 0) continue;
            looks++;
            rejected.ShouldNotBe(period);
            search.Reject(rejected = period);
        }
        looks.ShouldBeGreaterThan(0);
        bucket.ShouldBeInRange(4000, 9000);
    }

    [Fact]
    public void Saved_and_restored_a_search_goes_on_as_before()
    {
        var noise = new Noise(3);
        var (one, other) = (new PeriodSearch(), new PeriodSearch());
        for (var bucket = 0; bucket < 2000; bucket++)
        {
            if (bucket % 100 > 95) continue;
            var value = (bucket % 30 < 3 ? 8 : 0) + noise.Gaussian();
            one.Take(bucket, value, 1, Span, out var period).ShouldBe(other.Take(bucket, value, 1, Span, out var same));
            same.ShouldBe(period);
            var bytes = Bytes(other);
            bytes.ShouldBe(Bytes(one));
            var reader = new ByteReader(bytes);
            other = PeriodSearch.Read(ref reader);
        }
    }

    [Fact]
    public void A_batch_that_does_not_come_is_unusual_and_one_that_comes_is_not()
    {
        var settings = Of(Span, Detector("mean", "value"));
        var noise = new Noise(1);
        const int missing = 20 * 18 * 16;
        var points = Enumerable.Range(0, missing + 18).Select(i => (i * Span, (i % 18 < 2 && i < missing ? 60 : 0) + (3 * noise.Gaussian())));
        var buckets = JobAnalysis.Create(settings).FoldAll([.. Synthetic.Inputs(settings, points)]);
        buckets[(3 * Day)..^20].Max(bucket => bucket.AnomalyScore).ShouldBeLessThan(75);
        var record = buckets.Single(bucket => bucket.Timestamp == missing * Span).Records.Single();
        record.Typical[0].ShouldBe(60, 10);
        record.RecordScore.ShouldBeGreaterThan(30);
    }

    [Fact]
    public void Short_of_memory_no_period_is_looked_for()
    {
        var settings = Of(Span, Detector("mean", "value"));
        var noise = new Noise(1);
        var points = Enumerable.Range(0, 5 * Day).Select(i => (i * Span, (i % 18 < 2 ? 60.0 : 0) + (3 * noise.Gaussian()))).ToList();
        long Bytes(long limit)
        {
            var analysis = JobAnalysis.Create(settings with { ModelMemoryLimit = limit });
            foreach (var input in Synthetic.Inputs(settings, points)) analysis.FoldAll(input);
            return analysis.SizeStats.ModelBytes;
        }
        var rich = Bytes(1 << 20);
        // With room for the profiles of day and week only.
        var profile = SeasonalProfile.BytesFor(18);
        Bytes((rich - profile) / 8 * 10).ShouldBeLessThan(rich - profile + 1);
    }

    private static int Found(int buckets, Func<int, double> value)
    {
        var search = new PeriodSearch();
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var goesOn = search.Take(bucket, value(bucket), 1, Span, out var period);
            if (period > 0 || !goesOn) return period;
        }
        return 0;
    }

    private static byte[] Bytes(PeriodSearch search)
    {
        using var writer = new ByteWriter(16);
        search.Write(writer);
        return writer.Written.ToArray();
    }
}
