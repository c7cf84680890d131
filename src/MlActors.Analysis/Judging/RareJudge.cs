using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Rules;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Judges the values of the by field by how seldom they come: a value is as improbable as it and all values that come no more often are together,
/// a new one as values have been new so far (Good 1953). The unit is the bucket: it does not matter how often a value comes in one.
/// </summary>
internal sealed class RareJudge(int detector, DetectorSettings settings, MemoryBudget memory) : DetectorJudge(detector, settings)
{
    // Buckets after which half of the strength counts: everything is new at first.
    private const double Youth = 20;

    // Strength is about decades beyond one in twenty; with this a probability of 1e-4 is as strong as a series has to be for a score of 75.
    private const double StrengthOfDecade = 0.6;

    private readonly Dictionary<string, Occurrences> _partitions = new(StringComparer.Ordinal);

    public override bool JudgesEmptyBuckets => false;

    public override bool NeverNegative => true;

    public override long NewBytes => RareValue.OwnBytes;

    public override ModelledSeries Create(SeriesKey key) => new RareValue(key);

    public override ModelledSeries Read(SeriesKey key, ref ByteReader reader) => new RareValue(key) { Buckets = reader.VarInt() };

    public override void Judge(DetectorBucket? slice, long start, bool learn, bool stillFilling, Findings findings)
    {
        for (var i = 0; slice is not null && i < slice.Count; i++)
        {
            var series = (RareValue)Table[slice.At(i).Series];
            if (!_partitions.TryGetValue(series.Key.Partition, out var known) || known.Buckets == 0) continue;
            var buckets = series.Buckets;
            var log = Math.Log10(known.ProbabilityOf(buckets));
            var strength = StrengthOfDecade * Math.Max(0, Math.Log10(Tail.Share) - log) * known.Buckets / (known.Buckets + Youth);
            var usual = (double)buckets / known.Buckets;
            findings.Add(this, slice.At(i).Series, i, new Judgement(1, new Forecast(usual, usual, usual, 0, 0), 1, default, strength, -1,
                Math.Max(log, -2 * Math.Log10(known.Buckets + 1)), strength / (1 + buckets)), report: !Asked(series, start).SkipResult);
        }
        if (!learn) return;
        for (var i = 0; slice is not null && i < slice.Count; i++)
        {
            var series = (RareValue)Table[slice.At(i).Series];
            if (!Asked(series, start).SkipModelUpdate) Of(series.Key.Partition, start).Learn(series);
            Saw(series, start);
        }
    }

    public override void Forget(ModelledSeries series)
    {
        if (_partitions.TryGetValue(series.Key.Partition, out var known)) known.Forget((RareValue)series);
    }

    public override void WriteShared(ByteWriter writer)
    {
        writer.VarUInt((ulong)_partitions.Count);
        foreach (var (name, occurrences) in _partitions.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.String(name);
            occurrences.Write(writer);
        }
    }

    public override void ReadShared(ref ByteReader reader)
    {
        var count = reader.Count(2);
        for (var i = 0; i < count; i++)
        {
            var name = reader.String();
            if (!_partitions.TryAdd(name, Occurrences.Read(ref reader))) throw new InvalidDataException("a partition appears twice");
            memory.ModelBytes += Occurrences.Bytes + (2L * name.Length);
        }
    }

    // A value is there or not, and nothing is expected of it: rules look at the time and at whose value it is.
    private RuleEffect Asked(RareValue series, long start) => Rules.Of(series.Key, actual: 1, typical: null, start);

    private Occurrences Of(string partition, long start)
    {
        if (!_partitions.TryGetValue(partition, out var known))
        {
            _partitions.Add(partition, known = new Occurrences());
            memory.ModelBytes += Occurrences.Bytes + (2L * partition.Length);
        }
        known.Begin(start);
        return known;
    }
}

/// <summary>One value, and in how many buckets it came.</summary>
internal sealed class RareValue(SeriesKey key) : ModelledSeries(key)
{
    public const long OwnBytes = 8;

    public long Buckets { get; set; }

    protected override long KindBytes => OwnBytes;

    public override void Write(ByteWriter writer) => writer.VarInt(Buckets);
}

/// <summary>How often the values of one partition come: by the number of buckets each was seen in, exact up to 16, then by octaves.</summary>
internal sealed class Occurrences
{
    public const long Bytes = 32 + 24 + (Cells * 8) + 80;

    private const int Exact = 16;
    private const int Cells = Exact + 60;

    // Sum of the counts of the values whose count lies in the cell.
    private readonly long[] _mass = new long[Cells];
    private long _total;
    private long _newest = long.MinValue;

    /// <summary>Buckets in which anything came.</summary>
    public long Buckets { get; private set; }

    /// <summary>A bucket in which something came.</summary>
    public void Begin(long start)
    {
        if (start == _newest) return;
        _newest = start;
        Buckets++;
    }

    public void Learn(RareValue value)
    {
        Forget(value);
        value.Buckets++;
        _mass[Cell(value.Buckets)] += value.Buckets;
        _total += value.Buckets;
    }

    public void Forget(RareValue value)
    {
        if (value.Buckets == 0) return;
        _mass[Cell(value.Buckets)] -= value.Buckets;
        _total -= value.Buckets;
    }

    /// <summary>The probability that what comes next is a value that came in at most so many buckets, 0 for a new one.</summary>
    public double ProbabilityOf(long buckets)
    {
        // Good and Turing: as much as of the values that came once is still to be expected of those that never came.
        var atMost = _mass[Cell(1)] + 0.5;
        for (var cell = Cell(1); buckets > 0 && cell <= Cell(buckets); cell++) atMost += _mass[cell];
        return Math.Min(1, atMost / (_total + 1));
    }

    public void Write(ByteWriter writer)
    {
        writer.VarInt(Buckets);
        writer.VarInt(_newest);
        foreach (var mass in _mass) writer.VarInt(mass);
    }

    public static Occurrences Read(ref ByteReader reader)
    {
        var read = new Occurrences { Buckets = reader.VarInt(), _newest = reader.VarInt() };
        for (var cell = 0; cell < Cells; cell++) read._total += read._mass[cell] = reader.VarInt();
        return read;
    }

    private static int Cell(long buckets) => buckets < Exact ? (int)buckets : Exact - 4 + (int)Math.Log2(buckets);
}
