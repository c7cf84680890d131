using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Scoring;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Members of a population compared on one scale. The centre is the median of those who are there, drawn towards what the population usually shows at
/// this hour where there are few; distances from it are in units of their median absolute deviation, drawn in the same way. Distances of all members
/// and buckets share one pair of tails and one range.
/// </summary>
internal sealed class Comparison(Coordinate coordinate)
{
    // With that many members present, a bucket says as much as all buckets before it.
    private const double Peers = 10;

    // How fast what is usual follows, and how fast the quantiles of distances do.
    private const double Rate = 0.05;
    private const double SlowestTailRate = 0.005;

    // How fast the range of distances forgets, by bucket, and what leaving it by its whole width counts: less than for a series, as any of the members
    // may be the one.
    private const double Decay = 0.0002;
    private const double BeyondRange = 4;

    private Memory _memory = new() { Range = new Envelope() };

    // Of the bucket being judged.
    private readonly List<double> _sorted = [];
    private Middle _now;
    private Forecast _expected;
    private double _scale;

    /// <summary>What is saved of it.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Memory
    {
        public Usual Overall;
        public UsualByHour ByHour;
        public ExcessTail Up;
        public ExcessTail Down;
        public float ShareUp;
        public Envelope Range;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Usual
    {
        public float Centre;
        public float Spread;
        public int Known;

        public void Learn(in Middle now)
        {
            if (Known < int.MaxValue) Known++;
            var rate = Math.Max(Rate, 1.0 / Known);
            Centre += (float)(rate * (now.Centre - Centre));
            Spread += (float)(rate * (now.Spread - Spread));
        }
    }

    [InlineArray(24)]
    private struct UsualByHour
    {
        private Usual _first;
    }

    public static readonly long Bytes = 120 + Unsafe.SizeOf<Memory>();

    public Coordinate Coordinate { get; } = coordinate;

    /// <summary>Skewness of the bucket being judged, by its quartiles, from −1 to 1 (Bowley 1901).</summary>
    public double Skew => _now.Skew;

    public double Typical => Coordinate.ValueAt(_expected.Mean);

    public void Begin(ModelShape shape, ReadOnlySpan<double> values)
    {
        _sorted.Clear();
        foreach (var value in values) _sorted.Add(Coordinate.Of(value));
        _now = Middle.Of(CollectionsMarshal.AsSpan(_sorted));
        ref var usual = ref _memory.ByHour[shape.Slots.Hour];
        if (usual.Known == 0) usual = ref _memory.Overall;
        var own = usual.Known == 0 ? 1 : _now.Count / (_now.Count + Peers);
        var centre = (own * _now.Centre) + ((1 - own) * usual.Centre);
        var typical = Coordinate.ValueAt(centre);
        var floor = Coordinate.IsLogarithmic ? shape.Floor(typical) / typical : shape.Floor(typical);
        _scale = Math.Max((own * _now.Spread) + ((1 - own) * usual.Spread), floor);
        _expected = new Forecast(centre, centre, centre, _scale, _scale);
    }

    /// <summary>Judges one of the values; its alert is its strength.</summary>
    public Judgement Judge(double value, in Experience experience)
    {
        var distance = (Coordinate.Of(value) - _expected.Mean) / _scale;
        var log = LogProbabilityOf(distance, experience);
        var strength = new Strength(experience.Side, distance);
        strength.Novelty(BeyondRange, _memory.Range.Outside(distance), _memory.Range.Width + 1);
        strength.Improbable(log);
        // What a bucket in twenty shows is not strong, however far outside of the range.
        var combined = log >= ScoreMap.RecordLogProbability ? 0 : strength.Combined * experience.Maturity;
        var tails = new TwoTails(new Tail(_memory.Up.Quantile, ExcessTail.Share), new Tail(_memory.Down.Quantile, ExcessTail.Share));
        return new Judgement(value, _expected, _scale, tails, combined, -1, log, combined, Coordinate);
    }

    /// <summary>Learns the bucket.</summary>
    /// <param name="values">Of those from whom something is learnt.</param>
    /// <param name="known">How many values were learnt before.</param>
    public void Learn(ModelShape shape, ReadOnlySpan<double> values, int known)
    {
        _memory.Overall.Learn(_now);
        _memory.ByHour[shape.Slots.Hour].Learn(_now);
        var rate = Math.Clamp(2 / Math.Sqrt(known + 1), SlowestTailRate, 0.5);
        foreach (var value in values)
        {
            var distance = (Coordinate.Of(value) - _expected.Mean) / _scale;
            _memory.ShareUp += (float)(Math.Max(SlowestTailRate, 1.0 / ++known) * ((distance >= 0 ? 1 : 0) - _memory.ShareUp));
            _memory.Up.Learn(distance, rate);
            _memory.Down.Learn(-distance, rate);
            _memory.Range.Learn(distance, Decay / values.Length);
        }
    }

    public void Write(ByteWriter writer) => writer.Raw<Memory>([_memory]);

    public void Read(ref ByteReader reader) => _memory = reader.Raw<Memory>();

    // That any of the members is so far from the centre.
    private double LogProbabilityOf(double distance, in Experience experience)
    {
        var isUp = distance > 0;
        if (distance == 0 || (experience.Side != Side.Both && experience.Side == Side.High != isUp)) return 0;
        var tail = isUp ? _memory.Up : _memory.Down;
        var share = Math.Clamp(isUp ? _memory.ShareUp : 1 - _memory.ShareUp, 0.01, 1);
        // To either side, as far as to this one.
        var sides = experience.Side == Side.Both ? Math.Log10(2) : 0;
        var log = Math.Min(0, tail.LogProbability(Math.Abs(distance)) + Math.Log10(share) + sides);
        // n values say nothing of what is rarer than one in n².
        return Math.Max(ScoreMap.AmongMany([log], experience.Members), -2 * Math.Log10(experience.Values + 1));
    }
}

/// <summary>What a population has seen.</summary>
/// <param name="Members">Of how many members one may be the most unusual.</param>
/// <param name="Values">How many values were learnt.</param>
/// <param name="Buckets">From how many buckets.</param>
/// <param name="Maturity">What its judgements count, 0 while there are none.</param>
/// <param name="Side">To which side members are unusual.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Experience(long Members, int Values, int Buckets, double Maturity, Side Side);

/// <summary>The middle of some values, by their quartiles.</summary>
/// <param name="Centre">The median.</param>
/// <param name="Spread">The median of the distances from it.</param>
/// <param name="Skew">From −1 to 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Middle(double Centre, double Spread, double Skew, int Count)
{
    /// <param name="values">At least one; what is in it afterwards has no meaning.</param>
    public static Middle Of(Span<double> values)
    {
        values.Sort();
        var (centre, low, high) = (Median(values), values[values.Length / 4], values[^(1 + (values.Length / 4))]);
        var skew = high > low ? (high - (2 * centre) + low) / (high - low) : 0;
        foreach (ref var value in values) value = Math.Abs(value - centre);
        values.Sort();
        return new Middle(centre, Median(values), skew, values.Length);
    }

    private static double Median(Span<double> sorted)
    {
        var half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
