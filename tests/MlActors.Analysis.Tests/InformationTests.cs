using System.IO.Hashing;
using System.Text;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>The information in the texts of a field.</summary>
public class InformationTests
{
    private const long Span = 300;
    private const double Critical = 75;

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 8)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaa", 8)]
    [InlineData("ab", 17)] // Two bytes to name, and one of two orders.
    [InlineData("aabb", 18.585)] // 16 + log2(4! / (2! 2!)).
    [InlineData("\u0416", 17)] // Two bytes in UTF-16.
    public void The_information_of_a_text_is_that_of_its_bytes_and_their_order(string text, double bits) => TextInformation.BitsOf(text).ShouldBe(bits, 1e-3);

    [Fact]
    public void A_long_random_text_holds_more_than_a_long_constant_a_regular_or_a_short_random_one()
    {
        var noise = new Noise(1);
        var random = Random(noise, 60);
        var others = new[] { new string('a', 60), string.Concat(Enumerable.Repeat("abc", 20)), "www.example.com", Random(noise, 12), "the quick brown fox" };
        foreach (var other in others) TextInformation.BitsOf(random).ShouldBeGreaterThan(2 * TextInformation.BitsOf(other), other);
    }

    [Fact]
    public void A_value_that_comes_again_adds_nothing_and_the_order_does_not_matter()
    {
        var noise = new Noise(2);
        foreach (var count in new[] { 5, InformationSketch.Most, InformationSketch.Most + 1, 3000 })
        {
            var texts = Enumerable.Range(0, count).Select(i => Random(noise, 1 + (i % 30))).ToArray();
            var sketch = SketchOf(texts);
            Bytes(SketchOf([.. texts, .. texts, .. texts.Take(2)])).ShouldBe(Bytes(sketch));
            Bytes(SketchOf(texts.Reverse())).ShouldBe(Bytes(sketch));
        }
    }

    [Theory]
    [InlineData(1, 1e-6)]
    [InlineData(InformationSketch.Most, 1e-6)]
    [InlineData(InformationSketch.Most + 1, 0.135)]
    [InlineData(2_000, 0.135)]
    [InlineData(50_000, 0.135)]
    public void The_sum_is_exact_or_within_three_standard_errors(int count, double error)
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var noise = new Noise(seed);
            // Mostly short texts and a few long ones, which hold most of it.
            var texts = Enumerable.Range(0, count).Select(i => $"{i}-{Random(noise, noise.Uniform() < 0.05 ? 200 : 5)}").ToArray();
            var exact = texts.Sum(TextInformation.BitsOf);
            SketchOf(texts).Value.ShouldBe(exact, error * exact);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(2000)]
    public void A_saved_sketch_goes_on_to_the_same_bytes_and_a_cleared_one_is_as_new(int count)
    {
        var texts = Enumerable.Range(0, 2 * count).Select(i => $"text-{i}").ToArray();
        var whole = SketchOf(texts);
        var restored = new InformationSketch();
        var reader = new ByteReader(Bytes(SketchOf(texts.Take(count))));
        restored.Read(ref reader);
        foreach (var text in texts.Skip(count)) Add(restored, text);
        Bytes(restored).ShouldBe(Bytes(whole));
        (restored.Value, restored.Bytes).ShouldBe((whole.Value, whole.Bytes));
        restored.Clear();
        (restored.Value, restored.Bytes).ShouldBe((0, new InformationSketch().Bytes));
        foreach (var text in texts) Add(restored, text);
        Bytes(restored).ShouldBe(Bytes(whole));
    }

    [Fact]
    public void Data_carried_out_in_host_names_is_found_though_no_more_is_asked_than_usual()
    {
        const int bucketWithTunnel = 1500;
        var noise = new Noise(5);
        var results = Run("high_info_content", 2016, bucket => Enumerable.Range(0, 60).Select(i => bucket == bucketWithTunnel && i % 2 == 0
            ? $"{Random(noise, 48)}.example.org"
            : $"host-{(int)Math.Exp(noise.Uniform() * Math.Log(300))}.example.com"));
        var record = results[bucketWithTunnel].Records.ShouldHaveSingleItem();
        record.RecordScore.ShouldBeGreaterThan(Critical);
        (record.Function, record.FunctionDescription).ShouldBe(("high_info_content", "info_content"));
        record.Actual[0].ShouldBeGreaterThan(2 * record.Typical[0]);
        results.Count(r => r.Timestamp != bucketWithTunnel * Span && r.AnomalyScore >= Critical).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Ten_times_the_usual_names_are_no_information()
    {
        var results = Run("high_info_content", 600, bucket => Enumerable.Range(0, bucket == 500 ? 500 : 50).Select(i => $"host-{i % 25}.example.com"));
        results.ShouldAllBe(r => r.Records.Count == 0);
    }

    [Fact]
    public void An_empty_bucket_holds_no_information()
    {
        var results = Run("low_info_content", 300, bucket => Enumerable.Range(0, bucket == 250 ? 0 : 20).Select(i => $"host-{i}-{bucket % 3}"));
        results[250].Records.ShouldHaveSingleItem().Actual.ShouldBe([0.0]);
        results[250].Records[0].Explanation!.LowerConfidenceBound!.Value.ShouldBeGreaterThanOrEqualTo(0);
    }

    private static List<BucketResult> Run(string function, int buckets, Func<int, IEnumerable<string>> texts)
    {
        var settings = Of(Span, Detector(function, "query"));
        var rows = Enumerable.Range(0, buckets).SelectMany(bucket => texts(bucket).Select(text => new Row(bucket * Span, ("query", text))));
        return JobAnalysis.Create(settings).FoldAll([.. rows.Chunk(2000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(buckets * Span)]);
    }

    private static string Random(Noise noise, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "abcdefghijklmnopqrstuvwxyz234567"[(int)(32 * noise.Uniform())]));

    private static InformationSketch SketchOf(IEnumerable<string> texts)
    {
        var sketch = new InformationSketch();
        foreach (var text in texts) Add(sketch, text);
        return sketch;
    }

    private static void Add(InformationSketch sketch, string text) =>
        sketch.Add(new RecordValue(TextInformation.BitsOf(text), 1, XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text))));

    private static byte[] Bytes(InformationSketch sketch)
    {
        using var writer = new ByteWriter(64);
        sketch.Write(writer);
        return writer.Written.ToArray();
    }
}
