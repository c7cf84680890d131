using CsCheck;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Tests;

public class CircularDensityTests
{
    [Fact]
    public void A_density_is_what_the_sum_over_all_slots_and_rounds_gives() => Gen.Select(Gen.Int[3, 40], Gen.Float[0, 20]).SelectMany((slots, most) => Gen.Float[0, most].Array[slots]).Sample(mass =>
    {
        var density = new double[mass.Length];
        CircularDensity.Of(mass, density);
        density.Sum().ShouldBe(1, 1e-12);

        var total = 0.5 + mass.Sum(events => (double)events);
        var near = Math.Clamp(1 / (1 + (0.15 * total / mass.Length)), 0.3, 0.55);
        for (var i = 0; i < mass.Length; i++)
        {
            var expected = 0.5 / mass.Length;
            for (var step = -400; step <= 400; step++)
            {
                var events = mass[(((i + step) % mass.Length) + mass.Length) % mass.Length];
                expected += events * ((0.9 * Math.Pow(near, Math.Abs(step)) * (1 - near) / (1 + near)) + (0.1 * Math.Pow(0.8, Math.Abs(step)) * 0.2 / 1.8));
            }
            density[i].ShouldBe(expected / total, 1e-9);
        }
    });

    [Fact]
    public void The_farther_from_all_events_the_less_probable()
    {
        var mass = new float[96];
        for (var slot = 36; slot < 68; slot++) mass[slot] = 20;
        var density = new double[96];
        CircularDensity.Of(mass, density);
        var before = 1.0;
        for (var slot = 36; slot >= 5; slot--)
        {
            var probability = CircularDensity.Probability(density, slot);
            probability.ShouldBeLessThanOrEqualTo(before);
            before = probability;
        }
        before.ShouldBeInRange(1e-5, 1e-3);
        CircularDensity.Probability(density, 50).ShouldBeGreaterThan(0.5);
        CircularDensity.NearestUsual(density, mass, 30).ShouldBeInRange(35, 36);
        CircularDensity.NearestUsual(density, mass, 90).ShouldBeInRange(67, 68);
        CircularDensity.NearestUsual(density, mass, 45).ShouldBe(45);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(3000)]
    public void Beside_the_only_time_at_which_events_come_none_are_usual(float events)
    {
        var mass = new float[96];
        mass[8] = events;
        // Once it came late.
        mass[9] = events / 50;
        var density = new double[96];
        CircularDensity.Of(mass, density);
        for (var slot = 0; slot < 96; slot++) CircularDensity.NearestUsual(density, mass, slot).ShouldBe(8);
    }
}
