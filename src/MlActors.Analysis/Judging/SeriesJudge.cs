using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Forecasting;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>Judges every series by its own past and, if the detector says so, by one with which it goes together.</summary>
internal sealed class SeriesJudge : DetectorJudge
{
    private readonly ModelShape _shape;
    private readonly MemoryBudget _memory;
    private readonly Correlations? _correlations;

    public SeriesJudge(int detector, DetectorSettings settings, ModelShape shape, MemoryBudget memory)
        : base(detector, settings)
    {
        (_shape, _memory) = (shape, memory);
        if (settings.Correlates) _correlations = new Correlations(this);
    }

    public override bool JudgesEmptyBuckets => _shape.ZeroWhenEmpty;

    public override bool NeverNegative => Settings.Function.Aggregate.IsNeverNegative();

    public override long NewBytes => SeriesModel.YoungBytes + (_correlations is null ? 0 : CorrelatedSeries.OwnBytes);

    public override ModelledSeries Create(SeriesKey key)
    {
        if (_correlations is null) return new SeriesModel(key);
        _correlations.Changed();
        return new CorrelatedSeries(key);
    }

    public override ModelledSeries Read(SeriesKey key, ref ByteReader reader)
    {
        var series = (SeriesModel)Create(key);
        series.Read(ref reader, _shape);
        return series;
    }

    public override void WriteShared(ByteWriter writer) => _correlations?.Write(writer);

    public override void ReadShared(ref ByteReader reader) => _correlations?.Read(ref reader);

    public override void Forget(ModelledSeries series) => _correlations?.Forget(series);

    public override void Judge(DetectorBucket? slice, long start, bool learn, bool stillFilling, Findings findings)
    {
        _shape.MoveTo(start);
        _correlations?.Begin();
        if (_shape.ZeroWhenEmpty) JudgeAll(slice, start, learn, stillFilling, findings);
        else if (slice is not null) JudgeSeen(slice, start, learn, findings);
        _correlations?.Report(start, stillFilling, findings);
    }

    public override long EstimateBytes(SplitCounts counts) => counts.Series * (counts.KeyBytes + NewBytes + GrownSeries.BytesFor(_shape));

    public override (int Count, long Bytes) Forecasters
    {
        get
        {
            var (count, bytes) = (0, 0L);
            for (var i = 0; i < Table.Count; i++)
                if (Table[i] is SeriesModel { Ready: true } model) (count, bytes) = (count + 1, bytes + model.CopyBytes);
            return (count, bytes);
        }
    }

    public override void AddForecasters(List<SeriesForecaster> forecasters)
    {
        var own = _shape.Copy();
        foreach (var series in Table.ByKey())
            if (series is SeriesModel { Ready: true } model) forecasters.Add(new SeriesForecaster(Settings, model.Key, model.Copy(), own, NeverNegative));
    }

    private void JudgeSeen(DetectorBucket slice, long start, bool learn, Findings findings)
    {
        for (var i = 0; i < slice.Count; i++)
        {
            var series = slice.At(i).Series;
            JudgeOne(series, i, slice.ValueAt(i), learn, stillFilling: false, findings);
            if (learn) Saw(Table[series], start);
        }
    }

    private void JudgeAll(DetectorBucket? slice, long start, bool learn, bool stillFilling, Findings findings)
    {
        for (var series = 0; series < Table.Count; series++)
        {
            var accumulator = slice?.Find(series) ?? -1;
            if (accumulator < 0 && !Table[series].Started) continue;
            var value = accumulator < 0 ? 0 : slice!.ValueAt(accumulator);
            JudgeOne(series, accumulator, value, learn, stillFilling, findings);
            if (learn && accumulator >= 0) Saw(Table[series], start);
        }
    }

    private void JudgeOne(int series, int accumulator, double value, bool learn, bool stillFilling, Findings findings)
    {
        var model = (SeriesModel)Table[series];
        var side = Settings.Function.Side;
        var report = true;
        if (!Rules.IsEmpty)
        {
            double? typical = Rules.LookAtTypical && model.Ready ? model.Preview(_shape, value, side).Typical : null;
            var effect = Rules.Of(model.Key, value, typical, _shape.Start);
            report = !effect.SkipResult;
            learn &= !effect.SkipModelUpdate;
        }
        Judgement judgement;
        if (learn)
        {
            if (!model.TryTake(_shape, value, side, accumulator >= 0, _memory, out judgement))
            {
                findings.AddUnjudged(this, series, value);
                return;
            }
        }
        else
        {
            if (!model.Ready) return;
            judgement = model.Preview(_shape, value, side);
        }
        if (judgement.Change is { } change) findings.AddChange(this, series, Settings.Function, change);
        report &= !stillFilling || value > judgement.Typical;
        if (_correlations is null) findings.Add(this, series, accumulator, judgement, report);
        else _correlations.Hold(series, accumulator, judgement, learn, report);
    }
}
