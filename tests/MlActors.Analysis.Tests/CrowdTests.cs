using MlActors.Analysis.Binary;
using MlActors.Analysis.Scoring;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>The strongest of many series, bucket for bucket.</summary>
public class CrowdTests
{
    private const long Span = 300;

    [Fact]
    public void A_probability_of_one_percent_comes_once_in_a_hundred_buckets()
    {
        var (noise, crowd, below) = (new Noise(1), new Crowd(), 0);
        const int buckets = 20_000;
        for (var i = 0; i < buckets; i++)
        {
            var strongest = Strongest(noise);
            if (i >= buckets / 2 && crowd.LogProbability(strongest) < -2) below++;
            crowd.Learn(strongest);
        }
        ((double)below / (buckets / 2)).ShouldBeInRange(0.007, 0.014);
    }

    [Fact]
    public void What_is_rarer_than_the_square_of_what_was_seen_is_not_known()
    {
        var (noise, crowd) = (new Noise(1), new Crowd());
        for (var i = 0; i < 99; i++) crowd.Learn(Strongest(noise));
        crowd.LogProbability(1e6).ShouldBe(-4, 1e-9);
        crowd.LogProbability(0).ShouldBe(0);
    }

    [Fact]
    public void A_long_incident_does_not_make_the_next_one_usual()
    {
        var (noise, crowd) = (new Noise(1), new Crowd());
        for (var i = 0; i < 5000; i++) crowd.Learn(Strongest(noise));
        for (var i = 0; i < 36; i++) crowd.Learn(4);
        for (var i = 0; i < 500; i++) crowd.Learn(Strongest(noise));
        crowd.LogProbability(4).ShouldBeLessThan(-3);
    }

    [Fact]
    public void Saved_and_restored_it_goes_on_as_before()
    {
        var (noise, one, other) = (new Noise(1), new Crowd(), new Crowd());
        for (var i = 0; i < 1000; i++) one.Learn(Strongest(noise));
        using var writer = new ByteWriter(16);
        one.Write(writer);
        var reader = new ByteReader(writer.Written);
        other.Read(ref reader);
        for (var strength = 0.1; strength < 5; strength += 0.1) other.LogProbability(strength).ShouldBe(one.LogProbability(strength));
    }

    [Fact]
    public void One_of_many_series_that_goes_off_makes_the_bucket_critical_and_is_named()
    {
        var settings = Of(Span, Detector("mean", "value", by: "host"));
        var noise = new Noise(1);
        const int series = 50, wrong = 3500;
        var inputs = Enumerable.Range(0, wrong + 1).Select(i => BatchBuilder.Records(settings, [.. Enumerable.Range(0, series).Select(host =>
            new Row(i * Span, ("value", 100 + (3 * noise.Gaussian()) + (i == wrong && host == 7 ? 60 : 0)), ("host", $"h{host}")))]));
        var analysis = JobAnalysis.Create(settings);
        var buckets = analysis.FoldAll([.. inputs]);
        buckets.AddRange(analysis.FoldAll(new Input.AdvanceTimeInput((wrong + 1) * Span)));
        var last = buckets.Single(bucket => bucket.Timestamp == wrong * Span);
        last.AnomalyScore.ShouldBeGreaterThan(75);
        last.AlertScore.ShouldBeGreaterThan(75);
        last.Records.MaxBy(record => record.RecordScore)!.ByFieldValue.ShouldBe("h7");
    }

    private static double Strongest(Noise noise) => Enumerable.Range(0, 50).Max(_ => Math.Abs(noise.Gaussian())) / 3;
}
