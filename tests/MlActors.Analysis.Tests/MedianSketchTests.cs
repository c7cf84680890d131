using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Tests.Support;

namespace MlActors.Analysis.Tests;

public class MedianSketchTests
{
    private const double LargestRankError = 0.01;

    [Theory]
    [InlineData(new[] { 5.0 }, 5.0)]
    [InlineData(new[] { 3.0, 1.0, 2.0 }, 2.0)]
    [InlineData(new[] { 4.0, 1.0, 3.0, 2.0 }, 2.5)]
    [InlineData(new[] { 1.0, 1.0, 9.0, 9.0 }, 5.0)]
    [InlineData(new[] { -1e30, 0, 1e30 }, 0.0)]
    public void The_median_of_few_values_is_exact(double[] values, double median) => Of(values).Value.ShouldBe(median);

    [Fact]
    public void A_value_counts_as_often_as_the_records_it_stands_for()
    {
        var sketch = new MedianSketch();
        sketch.Add(new RecordValue(1, 3, 0));
        sketch.Add(new RecordValue(10, 2, 0));
        sketch.Add(new RecordValue(7, 2, 0));
        sketch.Value.ShouldBe(7);
        sketch.Add(new RecordValue(1, 1, 0));
        sketch.Value.ShouldBe(4); // 1 1 1 1 7 7 10 10
    }

    [Theory]
    [InlineData("normal")]
    [InlineData("large and close together")]
    [InlineData("around zero")]
    [InlineData("heavy tails")]
    [InlineData("log-normal")]
    [InlineData("two modes")]
    [InlineData("rising")]
    [InlineData("falling")]
    [InlineData("from both ends")]
    [InlineData("drifting")]
    [InlineData("few values")]
    public void The_median_of_many_values_is_within_one_hundredth_of_the_ranks(string kind)
    {
        foreach (var count in new[] { 257, 1000, 20_001 })
        {
            for (var seed = 1UL; seed <= 5; seed++)
            {
                var values = Draw(kind, count, new Noise(seed)).ToArray();
                var median = Of(values).Value;
                Array.Sort(values);
                var (below, above) = (values[(int)((0.5 - LargestRankError) * count)], values[(int)Math.Ceiling((0.5 + LargestRankError) * count)]);
                median.ShouldBeInRange(below, above, $"{count} values, seed {seed}");
            }
        }
    }

    [Fact]
    public void Values_of_which_there_are_few_are_never_mixed()
    {
        var noise = new Noise(3);
        Of(Enumerable.Range(0, 5000).Select(i => noise.Uniform() < 0.45 ? 0.0 : i % 100 == 0 ? i : 1.0)).Value.ShouldBe(1.0);
    }

    [Fact]
    public void What_is_held_is_bounded_and_counted()
    {
        var noise = new Noise(4);
        var sketch = new MedianSketch();
        for (var i = 0; i < 100_000; i++)
        {
            sketch.Add(new RecordValue(noise.Gaussian(), 1 + (i % 3), 0));
            sketch.Bytes.ShouldBeLessThanOrEqualTo(88 + (16 * MedianSketch.Most));
        }
        Bytes(sketch).Length.ShouldBeLessThan(10 + (16 * MedianSketch.Most));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300)]
    [InlineData(5000)]
    public void A_saved_sketch_goes_on_to_the_same_bytes_and_a_cleared_one_is_as_new(int count)
    {
        var values = Draw("normal", 2 * count, new Noise(9)).ToArray();
        var whole = Of(values);
        var restored = new MedianSketch();
        var reader = new ByteReader(Bytes(Of(values.Take(count))));
        restored.Read(ref reader);
        foreach (var value in values.Skip(count)) restored.Add(new RecordValue(value, 1, 0));
        Bytes(restored).ShouldBe(Bytes(whole));
        (restored.Value, restored.Bytes).ShouldBe((whole.Value, whole.Bytes));

        restored.Clear();
        restored.Bytes.ShouldBe(new MedianSketch().Bytes);
        foreach (var value in values) restored.Add(new RecordValue(value, 1, 0));
        Bytes(restored).ShouldBe(Bytes(whole));
    }

    [Fact]
    public void Without_the_records_of_one_the_median_is_that_of_the_others()
    {
        var (whole, part) = (new Accumulated(), new Accumulated());
        var sketch = new MedianSketch();
        for (var i = 0; i < 40; i++) Add(i);
        for (var i = 0; i < 60; i++) Add(1000 + i, isPart: true);
        sketch.Value.ShouldBe(1009.5);
        sketch.Without(part, whole).ShouldBe(19.5);

        void Add(double value, bool isPart = false)
        {
            sketch.Add(new RecordValue(value, 1, 0));
            whole.Add(value, 1);
            if (isPart) part.Add(value, 1);
        }
    }

    private static IEnumerable<double> Draw(string kind, int count, Noise noise) => Enumerable.Range(0, count).Select(i => kind switch
    {
        "normal" => noise.Gaussian(),
        "large and close together" => 1e9 + noise.Gaussian(),
        "around zero" => 1e-12 * noise.Gaussian(),
        "heavy tails" => Math.Tan(Math.PI * (noise.Uniform() - 0.5)),
        "log-normal" => Math.Exp(3 * noise.Gaussian()),
        "two modes" => noise.Gaussian() + (noise.Uniform() < 0.4 ? -50 : 50),
        "rising" => i,
        "falling" => -i,
        "from both ends" => i % 2 == 0 ? i : -i,
        "drifting" => (0.01 * i) + noise.Gaussian(),
        _ => Math.Floor(10 * noise.Uniform()),
    });

    private static MedianSketch Of(IEnumerable<double> values)
    {
        var sketch = new MedianSketch();
        foreach (var value in values) sketch.Add(new RecordValue(value, 1, 0));
        return sketch;
    }

    private static byte[] Bytes(MedianSketch sketch)
    {
        using var writer = new ByteWriter(64);
        sketch.Write(writer);
        return writer.Written.ToArray();
    }
}
