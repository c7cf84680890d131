namespace MlActors.Datafeeds.Tests.Examples;

/// <summary>Two weeks of ordinary days, of two series, one of which breaks for three hours.</summary>
internal static class ExampleData
{
    public static readonly DateTimeOffset Start = new(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Broken = new(2024, 3, 13, 10, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Mended = Broken.AddHours(3);

    private const int Days = 14;

    /// <summary>A level at each step, about 1 and never below 0.4, with the wave of a day and some noise; the same in every run.</summary>
    public static IEnumerable<(DateTimeOffset Time, string Name, double Level, bool IsBroken)> Series(string good, string bad, TimeSpan step)
    {
        var random = new Random(20240301);
        for (var time = Start; time < Start.AddDays(Days); time += step)
        {
            foreach (var name in new[] { good, bad })
                yield return (time, name, 1 + (0.4 * Math.Sin(2 * Math.PI * time.TimeOfDay.TotalDays)) + (0.2 * random.NextDouble()), name == bad && time >= Broken && time < Mended);
        }
    }
}
