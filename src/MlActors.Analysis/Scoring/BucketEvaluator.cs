using MlActors.Analysis.Buckets;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Results;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Scoring;

/// <summary>Judges the values of a bucket by the models of their series, and lets the models learn them.</summary>
internal sealed class BucketEvaluator(AnalysisSettings settings, SeriesTable[] tables, InfluenceFinder influences, MemoryBudget memory)
{
    // Records with less are nobody's business.
    private const double LeastScore = 1;

    private readonly List<Unusual> _unusual = [];
    private readonly ResultBuilder _results = new(settings, tables, influences);
    private int[] _accumulatorOf = [];
    private long _judged;
    private double _alert;

    /// <summary>The result of a bucket that is over; models learn it.</summary>
    /// <param name="bucket"><c>null</c> when it had no records.</param>
    public BucketResult Finish(long start, OpenBucket? bucket)
    {
        Judge(start, bucket, learn: true, stillFilling: false);
        return _results.Build(start, bucket, _unusual, _judged, ScoreMap.StrengthScore(_alert), isInterim: false);
    }

    /// <summary>The provisional result of an open bucket; nothing changes.</summary>
    /// <param name="stillFilling">Whether more records are to be expected: low counts and sums then mean nothing yet.</param>
    public BucketResult Preview(OpenBucket bucket, bool stillFilling)
    {
        Judge(bucket.Start, bucket, learn: false, stillFilling);
        return _results.Build(bucket.Start, bucket, _unusual, _judged, ScoreMap.StrengthScore(_alert), isInterim: true);
    }

    private void Judge(long start, OpenBucket? bucket, bool learn, bool stillFilling)
    {
        _unusual.Clear();
        _judged = 0;
        _alert = 0;
        for (var detector = 0; detector < tables.Length; detector++)
        {
            var slice = bucket?.Detectors[detector];
            tables[detector].Shape.MoveTo(start);
            if (tables[detector].Shape.ZeroWhenEmpty) JudgeAll(detector, slice, start, learn, stillFilling);
            else if (slice is not null) JudgeSeen(detector, slice, start, learn);
        }
    }

    private void JudgeSeen(int detector, DetectorBucket slice, long start, bool learn)
    {
        for (var i = 0; i < slice.Count; i++)
        {
            var series = slice.At(i).Series;
            JudgeOne(detector, series, i, slice.At(i).Values.Value(tables[detector].Detector.Function.Aggregate), learn, stillFilling: false);
            if (learn) Saw(tables[detector][series], start);
        }
    }

    private void JudgeAll(int detector, DetectorBucket? slice, long start, bool learn, bool stillFilling)
    {
        var table = tables[detector];
        var accumulators = slice is null ? [] : slice.Accumulators;
        if (_accumulatorOf.Length < table.Count) _accumulatorOf = new int[table.Count * 2];
        for (var i = 0; i < accumulators.Length; i++) _accumulatorOf[accumulators[i].Series] = i + 1;
        for (var series = 0; series < table.Count; series++)
        {
            var accumulator = _accumulatorOf[series] - 1;
            _accumulatorOf[series] = 0;
            if (accumulator < 0 && !table[series].Started) continue;
            var value = accumulator < 0 ? 0 : accumulators[accumulator].Values.Value(table.Detector.Function.Aggregate);
            JudgeOne(detector, series, accumulator, value, learn, stillFilling);
            if (learn && accumulator >= 0) Saw(table[series], start);
        }
    }

    private void JudgeOne(int detector, int series, int accumulator, double value, bool learn, bool stillFilling)
    {
        var table = tables[detector];
        var model = table[series].Model;
        var side = table.Detector.Function.Side;
        Judgement judgement;
        if (learn)
        {
            if (!model.TryTake(table.Shape, value, side, accumulator >= 0, memory, out judgement)) return;
        }
        else
        {
            if (!model.Ready) return;
            judgement = model.Preview(table.Shape, value, side);
        }
        _judged++;
        if (stillFilling && value <= judgement.Expected.Mean) return;
        _alert = Math.Max(_alert, judgement.Alert);
        var score = ScoreMap.RecordScore(judgement.Strength, judgement.LogProbability);
        if (score < LeastScore) return;
        _unusual.Add(new Unusual(detector, series, accumulator, judgement, score));
    }

    private static void Saw(ModelledSeries series, long start)
    {
        series.LastSeen = start;
        series.Started = true;
    }
}
