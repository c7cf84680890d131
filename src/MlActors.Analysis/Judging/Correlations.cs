using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Scoring;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Finds which series of a partition go together, and judges each by the other as well: where a correlation ceases to hold, values are unusual that
/// each by itself are not. Every series has one partner at most and tries one other after another, in the order of their keys: constant time and memory
/// a series and bucket, whatever their number.
/// </summary>
internal sealed class Correlations(DetectorJudge judge)
{
    // The correlation that makes two series partners, the one below which they part again, and how much better another has to be.
    private const double Least = 0.7;
    private const double Kept = 0.5;
    private const double Better = 0.1;

    // Common buckets of a trial; one that looks hopeless ends earlier.
    private const int Trial = 100;
    private const int ShortTrial = 30;
    private const double Hopeless = 0.3;

    // Before profiles know the day, all that follows the day seems to go together. Seconds.
    private const long Settled = 2 * 86_400;

    // Series looked at in one bucket to find one that can be tried.
    private const int MostSteps = 8;

    private static readonly double LogOfLooks = Math.Log10(2);

    private readonly List<HeldJudgement> _held = [];
    private CorrelatedSeries[] _order = [];
    private bool _stale = true;
    private int _pass;

    /// <summary>Begins another pass over a bucket.</summary>
    public void Begin()
    {
        if (_stale) Arrange();
        _held.Clear();
        _pass++;
    }

    /// <summary>The series in the table have changed.</summary>
    public void Changed() => _stale = true;

    /// <summary>Told of a series that is dropped.</summary>
    public void Forget(ModelledSeries series)
    {
        var gone = (CorrelatedSeries)series;
        gone.Gone = true;
        (gone.Partner, gone.Candidate) = (null, null);
        _stale = true;
    }

    /// <summary>Holds a judgement back until <see cref="Report"/>.</summary>
    public void Hold(int series, int accumulator, in Judgement judgement, bool learn, bool report)
    {
        var residual = Residual.Of(judgement);
        if (residual is not null)
        {
            var model = (CorrelatedSeries)judge.Table[series];
            (model.Pass, model.Held) = (_pass, _held.Count);
        }
        var unusual = ScoreMap.RecordScore(judgement.Strength, judgement.LogProbability) >= Findings.LeastScore;
        _held.Add(new HeldJudgement(series, accumulator, judgement, residual ?? default, unusual, learn, report));
    }

    /// <summary>Hands on what was held, judged by the partners too.</summary>
    /// <param name="start">Start of the bucket, epoch seconds.</param>
    /// <param name="stillFilling">Whether values are to grow still: partners then say nothing.</param>
    public void Report(long start, bool stillFilling, Findings findings)
    {
        foreach (ref readonly var held in CollectionsMarshal.AsSpan(_held))
        {
            var series = (CorrelatedSeries)judge.Table[held.Series];
            if (stillFilling || series.Pass != _pass || !TryJudge(series, held, out var judgement)) Add(findings, held, held.Judgement, detail: null);
            else Choose(series.Partner!.Key.By, held, judgement, findings);
            if (held.Learn && series.Pass == _pass) Learn(series, held, start);
        }
    }

    /// <summary>Writes who goes with whom; the series themselves were written.</summary>
    public void Write(ByteWriter writer)
    {
        if (_stale) Arrange();
        for (var i = 0; i < judge.Table.Count; i++) ((CorrelatedSeries)judge.Table[i]).Held = i;
        for (var i = 0; i < judge.Table.Count; i++)
        {
            var series = (CorrelatedSeries)judge.Table[i];
            writer.VarInt(series.Partner?.Held ?? -1);
            writer.VarInt(series.Candidate?.Held ?? -1);
            if (series.Partner is not null || series.Candidate is not null) writer.Raw<CorrelatedSeries.Saved>([series.Memory]);
        }
    }

    /// <summary>The counterpart of <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">There is no such series.</exception>
    public void Read(ref ByteReader reader)
    {
        for (var i = 0; i < judge.Table.Count; i++)
        {
            var series = (CorrelatedSeries)judge.Table[i];
            series.Partner = At(reader.VarInt(), series);
            series.Candidate = At(reader.VarInt(), series);
            if (series.Partner is not null || series.Candidate is not null) series.Memory = reader.Raw<CorrelatedSeries.Saved>();
        }
    }

    private CorrelatedSeries? At(long index, CorrelatedSeries than)
    {
        if (index == -1) return null;
        if (index < -1 || index >= judge.Table.Count) throw new InvalidDataException("a series refers to none");
        var series = (CorrelatedSeries)judge.Table[(int)index];
        return series != than && series.Key.Partition == than.Key.Partition
            ? series
            : throw new InvalidDataException("a series is correlated with what it cannot be");
    }

    private bool TryJudge(CorrelatedSeries series, in HeldJudgement held, out Judgement judgement)
    {
        judgement = default;
        // A partner that is unusual itself is to blame for what does not fit.
        if (series.Partner is not { } partner || partner.Pass != _pass || _held[partner.Held] is not { Unusual: false } other) return false;
        judgement = series.Memory.Partnership.Judge(
            held.Judgement, held.Residual, other.Residual, judge.Settings.Function.Side, held.Learn && other.Learn, judge.NeverNegative);
        return series.Memory.Partnership.Ready;
    }

    // The more unusual of the two speaks. For having looked at both its probability is twice as large (Bonferroni).
    private void Choose(string partner, in HeldJudgement held, Judgement judgement, Findings findings)
    {
        judgement = judgement with { LogProbability = Math.Min(0, judgement.LogProbability + LogOfLooks) };
        var own = held.Judgement with { LogProbability = Math.Min(0, held.Judgement.LogProbability + LogOfLooks) };
        var score = ScoreMap.RecordScore(judgement.Strength, judgement.LogProbability);
        if (score >= Findings.LeastScore && score > ScoreMap.RecordScore(own.Strength, own.LogProbability))
            Add(findings, held, judgement, new Detail(Actual: null, Typical: null, Causes: []) { CorrelatedBy = partner });
        else
            Add(findings, held, own, detail: null);
    }

    private void Add(Findings findings, in HeldJudgement held, in Judgement judgement, Detail? detail) =>
        findings.Add(judge, held.Series, held.Accumulator, judgement, held.Report, detail);

    private void Learn(CorrelatedSeries series, in HeldJudgement held, long start)
    {
        ref var memory = ref series.Memory;
        if (series.Partner is { } partner && partner.Pass == _pass && _held[partner.Held] is { Learn: true } known)
        {
            memory.Partnership.Learn(held.Residual, known.Residual);
            if (!memory.Partnership.Moments.Reaches(Kept)) (series.Partner, memory.Partnership) = (null, default);
        }
        if (series.Candidate is { } candidate)
        {
            memory.Tried++;
            if (candidate.Pass == _pass && _held[candidate.Held] is { Learn: true } tried) memory.Trial.Learn(held.Residual, tried.Residual);
            if (candidate.Ready && !IsDecided(memory)) return;
            if (start - series.Began >= Settled && IsBetter(series)) (series.Partner, memory.Partnership) = (candidate, new Partnership(memory.Trial));
        }
        series.Candidate = Next(series);
        (memory.Trial, memory.Tried) = (default, 0);
    }

    private static bool IsDecided(in CorrelatedSeries.Saved memory) =>
        memory.Trial.Common >= Trial
        || (memory.Trial.Common >= ShortTrial && !memory.Trial.Reaches(Hopeless))
        || (memory.Tried >= ShortTrial && memory.Trial.Common < memory.Tried / 2);

    private static bool IsBetter(CorrelatedSeries series)
    {
        ref var memory = ref series.Memory;
        return memory.Trial.Common >= Trial && memory.Trial.Reaches(Least)
            && (series.Partner is null || Math.Abs(memory.Trial.Correlation) >= Math.Abs(memory.Partnership.Moments.Correlation) + Better);
    }

    // The next of the partition after the last candidate that has something to be compared with.
    private CorrelatedSeries? Next(CorrelatedSeries series)
    {
        var at = (series.Candidate ?? series).Place - series.First;
        CorrelatedSeries? last = null;
        for (var step = 1; step <= Math.Min(MostSteps, series.Circle - 1); step++)
        {
            var next = _order[series.First + ((at + step) % series.Circle)];
            if (next == series || next == series.Partner) continue;
            if (next.Ready) return next;
            last = next;
        }
        // It is not ready, so that the search goes on from there in the next bucket.
        return last;
    }

    // Puts all series in the order of their keys, and lets go of those that are gone.
    private void Arrange()
    {
        _stale = false;
        _order = new CorrelatedSeries[judge.Table.Count];
        for (var i = 0; i < _order.Length; i++) _order[i] = (CorrelatedSeries)judge.Table[i];
        Array.Sort(_order, (a, b) => a.Key.CompareTo(b.Key));
        for (var first = 0; first < _order.Length;)
        {
            var end = first;
            while (end < _order.Length && _order[end].Key.Partition == _order[first].Key.Partition) end++;
            for (var i = first; i < end; i++) Settle(_order[i], i, first, end - first);
            first = end;
        }
    }

    private static void Settle(CorrelatedSeries series, int place, int first, int circle)
    {
        (series.Place, series.First, series.Circle) = (place, first, circle);
        ref var memory = ref series.Memory;
        if (series.Partner is { Gone: true }) (series.Partner, memory.Partnership) = (null, default);
        if (series.Candidate is { Gone: true }) (series.Candidate, memory.Trial, memory.Tried) = (null, default, 0);
    }
}
