using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Judges the members of a population by each other: each value of the partition and by field has a <see cref="Population"/> of its own, whose members
/// are the values of the over field. Members that are not there in a bucket have no value in it.
/// </summary>
internal sealed class PopulationJudge(int detector, DetectorSettings settings, ModelShape shape, MemoryBudget memory) : DetectorJudge(detector, settings)
{
    private readonly PopulationTable<Population> _populations = new(memory, () => new Population());
    private readonly MemberFindings _found = new();
    private readonly List<double> _values = [];
    private readonly List<double> _learnt = [];

    public override bool JudgesEmptyBuckets => false;

    public override bool NeverNegative => shape.IsCount;

    public override long NewBytes => MemberSeries<Population>.OwnBytes;

    public override ModelledSeries Create(SeriesKey key) => new MemberSeries<Population>(key, _populations.Join(key));

    public override ModelledSeries Read(SeriesKey key, ref ByteReader reader) => new MemberSeries<Population>(key, _populations.Join(key)).Read(ref reader);

    public override long EstimateBytes(SplitCounts counts) => (counts.Series * (counts.KeyBytes + MemberSeries<Population>.OwnBytes)) + (counts.Populations * Population.OwnBytes);

    public override void Forget(ModelledSeries series) => _populations.Leave(series.Key);

    public override void WriteShared(ByteWriter writer) => _populations.Write(writer);

    public override void ReadShared(ref ByteReader reader) => _populations.Read(ref reader);

    public override void Judge(DetectorBucket? slice, long start, bool learn, bool stillFilling, Findings findings)
    {
        if (slice is null || slice.Count == 0) return;
        shape.MoveTo(start);
        foreach (var population in _populations.Gather(slice, Table)) JudgePopulation(population, slice, learn, stillFilling, findings);
        _found.Report(this, findings);
    }

    private void JudgePopulation(Population population, DetectorBucket slice, bool learn, bool stillFilling, Findings findings)
    {
        _values.Clear();
        foreach (var i in population.PresentNow) _values.Add(slice.ValueAt(i));
        population.Compare(shape, CollectionsMarshal.AsSpan(_values));
        if (population.Ready) findings.CountOne();
        for (var place = 0; place < population.PresentNow.Count; place++)
        {
            var i = population.PresentNow[place];
            var series = slice.At(i).Series;
            var member = (MemberSeries<Population>)Table[series];
            var value = _values[place];
            var effect = Rules.Of(member.Key, value, population.Ready ? population.Typical : null, shape.Start);
            // Buckets since it was last there; in between its news grew old.
            var passed = Math.Max(0, (shape.Start - member.LastSeen) / (double)shape.Span);
            var news = 0.0;
            if (population.Ready)
            {
                var judgement = population.Judge(value, _values.Count, Settings.Function.Side);
                news = member.News(judgement.Strength, passed);
                var report = !effect.SkipResult && (!stillFilling || value > judgement.Typical || !shape.ZeroWhenEmpty);
                findings.AddMember(this, series, i, judgement with { Alert = news }, report, _found);
            }
            else if (learn)
            {
                findings.AddUnjudged(this, series, value);
            }
            if (!learn) continue;
            if (!effect.SkipModelUpdate)
            {
                member.Learn(news, passed);
                _learnt.Add(value);
            }
            Saw(member, shape.Start);
        }
        if (learn) population.Learn(shape, CollectionsMarshal.AsSpan(_learnt), _values.Count);
        _learnt.Clear();
    }
}
