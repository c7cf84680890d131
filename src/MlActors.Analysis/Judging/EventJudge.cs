using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Geography;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Scoring;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Judges events one by one, by when or where they come; the most unusual event of a bucket speaks for its series. What is usual is known by one model for
/// each value of the partition and by field: members of a population are judged by what all of them do.
/// </summary>
internal sealed class EventJudge : DetectorJudge
{
    private readonly PopulationTable<EventModel> _models;
    private readonly ModelShape _shape;
    private readonly MemberFindings _found = new();
    private readonly List<int> _learnt = [];
    private readonly double[] _scratch;
    private readonly long _modelBytes;
    private readonly bool _ofMembers;

    public EventJudge(int detector, DetectorSettings settings, ModelShape shape, MemoryBudget memory)
        : base(detector, settings)
    {
        var aggregate = settings.Function.Aggregate;
        var slots = PeriodSlots.Of(aggregate);
        var days = (int)(aggregate.Period() / ModelShape.Day);
        (_shape, _ofMembers) = (shape, settings.OverFieldName is not null);
        _scratch = days == 0 ? [] : new double[slots.Count];
        Func<EventModel> create = days == 0 ? () => new PlaceModel() : () => new TimeModel(slots, days);
        _modelBytes = create().Bytes;
        _models = new PopulationTable<EventModel>(memory, create);
    }

    public override bool JudgesEmptyBuckets => false;

    public override bool NeverNegative => false;

    public override long NewBytes => MemberSeries<EventModel>.OwnBytes;

    public override ModelledSeries Create(SeriesKey key) => new MemberSeries<EventModel>(key, _models.Join(key));

    public override ModelledSeries Read(SeriesKey key, ref ByteReader reader) => new MemberSeries<EventModel>(key, _models.Join(key)).Read(ref reader);

    public override long EstimateBytes(SplitCounts counts) => (counts.Series * (counts.KeyBytes + NewBytes)) + (counts.Populations * _modelBytes);

    public override void Forget(ModelledSeries series) => _models.Leave(series.Key);

    public override void WriteShared(ByteWriter writer) => _models.Write(writer);

    public override void ReadShared(ref ByteReader reader) => _models.Read(ref reader);

    public override void Judge(DetectorBucket? slice, long start, bool learn, bool stillFilling, Findings findings)
    {
        if (slice is null || slice.Count == 0) return;
        foreach (var model in _models.Gather(slice, Table)) JudgeEvents(model, slice, start, learn, findings);
        if (_ofMembers) _found.Report(this, findings);
    }

    private void JudgeEvents(EventModel model, DetectorBucket slice, long start, bool learn, Findings findings)
    {
        var events = 0;
        foreach (var i in model.PresentNow) events += EventsOf(slice, i).Count;
        model.Begin(_scratch);
        if (_ofMembers && model.Ready) findings.CountOne();
        foreach (var i in model.PresentNow)
        {
            var series = slice.At(i).Series;
            var member = (MemberSeries<EventModel>)Table[series];
            var found = model.Judge(EventsOf(slice, i));
            var effect = Rules.Of(member.Key, found.Actual, model.Ready ? found.Typical : null, start);
            // Buckets since it was last there; in between its news grew old.
            var passed = Math.Max(0, (start - member.LastSeen) / (double)_shape.Span);
            var news = 0.0;
            if (model.Ready)
            {
                var judgement = Judged(model, found, events);
                news = member.News(judgement.Strength, passed);
                judgement = judgement with { Alert = news };
                if (_ofMembers) findings.AddMember(this, series, i, judgement, !effect.SkipResult, _found, DetailOf(found));
                else findings.Add(this, series, i, judgement, !effect.SkipResult, DetailOf(found));
            }
            else if (learn)
            {
                findings.AddUnjudged(this, series, found.Actual, DetailOf(found));
            }
            if (!learn) continue;
            if (!effect.SkipModelUpdate)
            {
                member.Learn(news, passed);
                _learnt.Add(i);
            }
            Saw(member, start);
        }
        if (_learnt.Count > 0) model.Pass(start, events);
        foreach (var i in _learnt) model.Learn(EventsOf(slice, i));
        _learnt.Clear();
    }

    private static Judgement Judged(EventModel model, in EventFinding found, int events)
    {
        // Any of the events might have been it; and n of them say nothing of what is rarer than one in n².
        var log = Math.Max(ScoreMap.AmongMany([found.LogProbability], model.Among(events)), -2 * Math.Log10(model.Remembered + 1));
        // What is usual is a time or a place, not a band around it.
        var bound = found.TypicalPoint is null ? found.Typical : double.NaN;
        return new Judgement(found.Actual, new Forecast(found.Typical, bound, bound, 0, 0), 1, default, Strength.Of(log) * model.Maturity, -1, log, 0);
    }

    private static Detail? DetailOf(in EventFinding found) =>
        found is { ActualPoint: { } actual, TypicalPoint: { } typical } ? new Detail(Coordinates(actual), Coordinates(typical), []) : null;

    private static double[] Coordinates(GeoPoint point) => [point.Latitude, point.Longitude];

    private static EventCollector EventsOf(DetectorBucket slice, int accumulator) => (EventCollector)slice.CollectorAt(accumulator)!;
}
