namespace MlActors.Datafeeds.Tests.Compliance;

/// <summary>A record as every kind of source can hold it.</summary>
internal sealed record Sample(long Ms, string Host, double Value)
{
    public override string ToString() => FormattableString.Invariant($"{Ms / 1000} {Host} {Value}");
}

/// <summary>Records that a fixture puts where its source finds them, under the name of the set. Times are multiples of ten seconds.</summary>
internal sealed record SampleSet(string Name, IReadOnlyList<Sample> Samples)
{
    public const long Start = 1_700_000_000_000;
    public const long Step = 10_000;

    /// <summary>Two hosts at sixty times, with a gap of an hour in the middle.</summary>
    public static SampleSet Plain { get; } = new("plain", Make(60, 2, time => time < 30 ? 0 : 3_600_000));

    /// <summary>Forty hosts at five times: more than a page of equal times.</summary>
    public static SampleSet Crowd { get; } = new("crowd", Make(5, 40, _ => 0));

    public static SampleSet[] All { get; } = [Plain, Crowd];

    public long From => Samples[0].Ms;

    /// <summary>Just after the last one.</summary>
    public long To => Samples[^1].Ms + 1;

    public IReadOnlyList<string> Between(long from, long to) => [.. Samples.Where(sample => sample.Ms >= from && sample.Ms < to).Select(sample => sample.ToString())];

    private static List<Sample> Make(int times, int hosts, Func<int, long> shift) =>
        [.. from time in Enumerable.Range(0, times)
            from host in Enumerable.Range(0, hosts)
            select new Sample(Start + (time * Step) + shift(time), $"host-{host:00}", (time * 3) + host + 0.5)];
}
