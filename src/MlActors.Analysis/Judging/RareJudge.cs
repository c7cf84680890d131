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
    private readonly OccurrenceTable _partitions = new(memory);

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
            if (_partitions.Find(series.Key.Partition) is not { Buckets: > 0 } known) continue;
            var buckets = series.Buckets;
            var log = Math.Log10(known.ProbabilityOf(buckets));
            var strength = Strength.Of(log) * known.Maturity;
            var usual = (double)buckets / known.Buckets;
            findings.Add(this, slice.At(i).Series, i, new Judgement(1, new Forecast(usual, usual, usual, 0, 0), 1, default, strength, -1,
                Math.Max(log, -2 * Math.Log10(known.Buckets + 1)), known.Alert(log, buckets)), report: !Asked(series, start).SkipResult,
                counts: known.IsChance(buckets));
        }
        if (!learn) return;
        for (var i = 0; slice is not null && i < slice.Count; i++)
        {
            var series = (RareValue)Table[slice.At(i).Series];
            var known = _partitions.Of(series.Key.Partition);
            known.Begin(start);
            if (!Asked(series, start).SkipModelUpdate) known.Learn(series);
            Saw(series, start);
        }
    }

    public override long EstimateBytes(SplitCounts counts) => (counts.Series * (counts.KeyBytes + RareValue.OwnBytes)) + (counts.Partitions * Occurrences.Bytes);

    public override void Forget(ModelledSeries series) => _partitions.Change(series.Key.Partition, ((RareValue)series).Buckets, 0);

    public override void WriteShared(ByteWriter writer) => _partitions.Write(writer);

    public override void ReadShared(ref ByteReader reader) => _partitions.Read(ref reader);

    // A value is there or not, and nothing is expected of it: rules look at the time and at whose value it is.
    private RuleEffect Asked(RareValue series, long start) => Rules.Of(series.Key, actual: 1, typical: null, start);
}

/// <summary>One value, and in how many buckets it came.</summary>
internal sealed class RareValue(SeriesKey key) : ModelledSeries(key)
{
    public const long OwnBytes = 8;

    public long Buckets { get; set; }

    protected override long KindBytes => OwnBytes;

    public override void Write(ByteWriter writer) => writer.VarInt(Buckets);
}
