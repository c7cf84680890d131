using System.IO.Hashing;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;

namespace MlActors.Analysis.Tests;

public class DistinctSketchTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(64, 0)]
    [InlineData(65, 0.02)]
    [InlineData(1_000, 0.05)]
    [InlineData(10_000, 0.05)]
    [InlineData(1_000_000, 0.05)]
    public void The_number_of_different_values_is_exact_or_within_three_standard_errors(int values, double error)
    {
        var sketch = Of(Enumerable.Range(0, values).Concat(Enumerable.Range(0, values / 2)));
        Math.Abs(sketch.Value - values).ShouldBeLessThanOrEqualTo(error * values);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(500)]
    public void The_order_of_the_values_does_not_matter_and_a_saved_sketch_goes_on(int values)
    {
        var sketch = Of(Enumerable.Range(0, values));
        Bytes(Of(Enumerable.Range(0, values).Reverse())).ShouldBe(Bytes(sketch));
        var restored = new DistinctSketch();
        var reader = new ByteReader(Bytes(sketch));
        restored.Read(ref reader);
        restored.Add(Hash(-1));
        sketch.Add(Hash(-1));
        Bytes(restored).ShouldBe(Bytes(sketch));
        restored.Bytes.ShouldBe(sketch.Bytes);
    }

    [Fact]
    public void A_cleared_sketch_is_as_a_new_one()
    {
        var sketch = Of(Enumerable.Range(0, 5000));
        sketch.Clear();
        (sketch.Value, sketch.Bytes).ShouldBe((0, new DistinctSketch().Bytes));
        for (var i = 0; i < 200; i++) sketch.Add(Hash(i));
        Bytes(sketch).ShouldBe(Bytes(Of(Enumerable.Range(0, 200))));
    }

    private static DistinctSketch Of(IEnumerable<int> values)
    {
        var sketch = new DistinctSketch();
        foreach (var value in values) sketch.Add(Hash(value));
        return sketch;
    }

    private static ulong Hash(int value) => XxHash64.HashToUInt64(BitConverter.GetBytes(value));

    private static byte[] Bytes(DistinctSketch sketch)
    {
        using var writer = new ByteWriter(64);
        sketch.Write(writer);
        return writer.Written.ToArray();
    }
}
