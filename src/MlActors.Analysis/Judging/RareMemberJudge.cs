using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Rules;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Judges members of a population by values that few of the others have. <c>rare</c> looks at each value: it is as improbable as it and all values
/// that no more members have are together, but not more improbable than it is for this very member to show it; one that nobody had is as improbable
/// as new pairs of member and value are. <c>freq_rare</c> counts the records of each member with values that at most one in twenty of the members
/// has, and compares the members by that.
/// </summary>
internal sealed class RareMemberJudge(int detector, DetectorSettings settings, ModelShape shape, MemoryBudget memory) : DetectorJudge(detector, settings)
{
    // freq_rare: a value is rare while no larger share of the members has it, or only one.
    private const double RareShare = 0.05;

    private readonly OccurrenceTable _pairs = new(memory);
    private readonly Memberships _memberships = new(memory);
    private readonly PopulationTable<Population> _populations = new(memory, () => new Population());
    private readonly MemberFindings _found = new();
    private readonly RareRecords _rare = new();
    private readonly List<double> _learnt = [];
    private readonly bool _frequent = settings.Function.Aggregate == Aggregate.FrequentRare;

    public override bool JudgesEmptyBuckets => false;

    public override bool NeverNegative => true;

    public override long NewBytes => RareValue.OwnBytes;

    public override ModelledSeries Create(SeriesKey key)
    {
        if (_frequent) _populations.Join(MemberOf(key));
        return new RareValue(key);
    }

    public override ModelledSeries Read(SeriesKey key, ref ByteReader reader)
    {
        var value = (RareValue)Create(key);
        value.Buckets = reader.VarInt();
        if (value.Buckets > 0) _memberships.Join(key);
        return value;
    }

    public override long EstimateBytes(SplitCounts counts) =>
        (counts.Series * (counts.KeyBytes + RareValue.OwnBytes)) + (counts.Populations * Memberships.ValueBytes) + (2 * counts.Partitions * Occurrences.Bytes)
        + (_frequent ? counts.Partitions * Population.OwnBytes : 0);

    public override void Forget(ModelledSeries series)
    {
        var value = (RareValue)series;
        if (value.Buckets > 0) _memberships.Leave(value.Key);
        _pairs.Change(value.Key.Partition, value.Buckets, 0);
        if (_frequent) _populations.Leave(MemberOf(value.Key));
    }

    public override void WriteShared(ByteWriter writer)
    {
        _pairs.Write(writer);
        _populations.Write(writer);
    }

    public override void ReadShared(ref ByteReader reader)
    {
        _pairs.Read(ref reader);
        _populations.Read(ref reader);
    }

    public override void Judge(DetectorBucket? slice, long start, bool learn, bool stillFilling, Findings findings)
    {
        if (slice is null || slice.Count == 0) return;
        shape.MoveTo(start);
        if (_frequent) JudgeFrequency(slice, learn, findings);
        else JudgeValues(slice, findings);
        _found.Report(this, findings);
        if (!learn) return;
        for (var i = 0; i < slice.Count; i++)
        {
            var pair = (RareValue)Table[slice.At(i).Series];
            var known = _pairs.Of(pair.Key.Partition);
            known.Begin(start);
            Saw(pair, start);
            if (AskedOf(pair.Key).SkipModelUpdate) continue;
            if (pair.Buckets == 0) _memberships.Join(pair.Key);
            known.Learn(pair);
        }
    }

    private void JudgeValues(DetectorBucket slice, Findings findings)
    {
        for (var i = 0; i < slice.Count; i++)
        {
            var pair = (RareValue)Table[slice.At(i).Series];
            if (_pairs.Find(pair.Key.Partition) is not { Buckets: > 0 } known) continue;
            if (known.IsChance(pair.Buckets)) findings.CountOne();
            var probability = known.ProbabilityOf(pair.Buckets);
            if (_memberships.Of(pair.Key) > 0) probability = Math.Max(probability, _memberships.ProbabilityOf(pair.Key));
            var log = Math.Log10(probability);
            var strength = Strength.Of(log) * known.Maturity;
            var usual = (double)pair.Buckets / known.Buckets;
            var judgement = new Judgement(1, new Forecast(usual, usual, usual, 0, 0), 1, default, strength, -1,
                Math.Max(log, -2 * Math.Log10(known.Buckets + 1)), known.Alert(log, pair.Buckets));
            findings.AddMember(this, slice.At(i).Series, i, judgement, report: !AskedOf(pair.Key).SkipResult, _found);
        }
    }

    private void JudgeFrequency(DetectorBucket slice, bool learn, Findings findings)
    {
        foreach (var (partition, members) in _rare.Collect(Table, slice, IsRare))
        {
            var population = _populations.Of(new SeriesKey(partition, "", ""));
            var values = CollectionsMarshal.AsSpan(members.ConvertAll(member => member.Amount));
            population.Compare(shape, values);
            if (population.Ready) findings.CountOne();
            _learnt.Clear();
            for (var i = 0; i < members.Count; i++)
            {
                var series = slice.At(members[i].Rarest).Series;
                var effect = AskedOf(Table[series].Key);
                if (!effect.SkipModelUpdate) _learnt.Add(values[i]);
                if (!population.Ready) continue;
                var judgement = population.Judge(values[i], members.Count, Side.High);
                var alert = judgement.Strength / (1 + ((RareValue)Table[series]).Buckets);
                findings.AddMember(this, series, members[i].Rarest, judgement with { Alert = alert }, report: !effect.SkipResult, _found);
            }
            if (learn) population.Learn(shape, CollectionsMarshal.AsSpan(_learnt), members.Count);
        }
    }

    // A value is there or not, and nothing is expected of it: rules look at the time and at whose value it is. So it is with counts of rare values.
    private RuleEffect AskedOf(SeriesKey key) => Rules.Of(key, actual: 1, typical: null, shape.Start);

    private bool IsRare(SeriesKey key) => _memberships.Of(key) <= Math.Max(1, RareShare * _populations.Of(MemberOf(key)).Present);

    private static SeriesKey MemberOf(SeriesKey key) => new(key.Partition, "", key.Over);
}
