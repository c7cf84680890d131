using System.Collections.Immutable;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Scoring;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Judges mean, minimum and maximum of a field at once, each by its own past. The most unusual of them speaks for the bucket; for having looked at three,
/// its probability is three times as large (Bonferroni), whether or not they go together.
/// </summary>
internal sealed class MetricJudge(int detector, DetectorSettings settings, ModelShape shape, MemoryBudget memory) : DetectorJudge(detector, settings)
{
    private static readonly double LogOfLooks = Math.Log10(3);

    // The mean first: it speaks for a bucket in which nothing is unusual.
    private static readonly ImmutableArray<Detail> Parts = [Part("mean"), Part("min"), Part("max")];

    public override bool JudgesEmptyBuckets => false;

    public override bool NeverNegative => false;

    public override long NewBytes => MetricSeries.NewBytes;

    public override ModelledSeries Create(SeriesKey key) => new MetricSeries(key);

    public override ModelledSeries Read(SeriesKey key, ref ByteReader reader) => MetricSeries.Read(key, ref reader, shape);

    public override long EstimateBytes(SplitCounts counts) => counts.Series * (counts.KeyBytes + MetricSeries.BytesFor(shape));

    public override void Judge(DetectorBucket? slice, long start, bool learn, bool stillFilling, Findings findings)
    {
        if (slice is null) return;
        shape.MoveTo(start);
        for (var i = 0; i < slice.Count; i++)
        {
            var series = slice.At(i).Series;
            var values = slice.At(i).Values;
            // Rules look at the mean; which of the three will speak is not known before.
            var effect = Rules.Of(Table[series].Key, values.Value(Aggregate.Mean), typical: null, start);
            JudgeOne(series, i, values, learn && !effect.SkipModelUpdate, !effect.SkipResult, findings);
            if (learn) Saw(Table[series], start);
        }
    }

    private void JudgeOne(int series, int accumulator, in Accumulated values, bool learn, bool report, Findings findings)
    {
        var models = ((MetricSeries)Table[series]).Models;
        var (strongest, highest, best) = (-1, 0.0, default(Judgement));
        for (var part = 0; part < Parts.Length; part++)
        {
            if (!TryJudge(models[part], values.Value(Parts[part].JudgedAs!.Aggregate), learn, out var judgement)) continue;
            if (judgement.Change is { } change) findings.AddChange(this, series, Parts[part].JudgedAs!, change);
            var score = ScoreMap.RecordScore(judgement.Strength, judgement.LogProbability);
            if (strongest >= 0 && score <= highest) continue;
            (strongest, highest, best) = (part, score, judgement);
        }
        if (strongest >= 0) findings.Add(this, series, accumulator, best, report, Parts[strongest]);
        else if (learn) findings.AddUnjudged(this, series, values.Value(Parts[0].JudgedAs!.Aggregate));
    }

    private bool TryJudge(SeriesModel model, double value, bool learn, out Judgement judgement)
    {
        judgement = default;
        if (learn)
        {
            if (!model.TryTake(shape, value, Settings.Function.Side, seen: true, memory, out judgement)) return false;
        }
        else
        {
            if (!model.Ready) return false;
            judgement = model.Preview(shape, value, Settings.Function.Side);
        }
        judgement = judgement with { LogProbability = Math.Min(0, judgement.LogProbability + LogOfLooks) };
        return true;
    }

    private static Detail Part(string function) => new(Actual: null, Typical: null, Causes: []) { JudgedAs = DetectorFunction.Find(function) };
}

/// <summary>The models of mean, minimum and maximum of one series.</summary>
internal sealed class MetricSeries : ModelledSeries
{
    // The array of the three and, of each, the object without its key and places.
    private const long OwnBytes = 8 + 24 + (Count * (8 + 48));
    private const int Count = 3;

    public MetricSeries(SeriesKey key)
        : base(key)
    {
        Models = [new SeriesModel(key), new SeriesModel(key), new SeriesModel(key)];
    }

    private MetricSeries(SeriesKey key, SeriesModel[] models)
        : base(key)
    {
        Models = models;
    }

    /// <summary>What a new one takes in memory.</summary>
    public const long NewBytes = OwnBytes + (Count * SeriesModel.YoungBytes);

    /// <summary>In the order mean, minimum, maximum.</summary>
    public SeriesModel[] Models { get; }

    /// <summary>What a grown-up one takes.</summary>
    public static long BytesFor(ModelShape shape) => NewBytes + (Count * GrownSeries.BytesFor(shape));

    protected override long KindBytes
    {
        get
        {
            var bytes = OwnBytes;
            foreach (var model in Models) bytes += model.Bytes - BytesOf(Key);
            return bytes;
        }
    }

    public override void Write(ByteWriter writer)
    {
        foreach (var model in Models) model.Write(writer);
    }

    public static MetricSeries Read(SeriesKey key, ref ByteReader reader, ModelShape shape)
    {
        var models = new SeriesModel[Count];
        for (var i = 0; i < Count; i++) models[i] = SeriesModel.Read(key, ref reader, shape);
        return new MetricSeries(key, models);
    }
}
