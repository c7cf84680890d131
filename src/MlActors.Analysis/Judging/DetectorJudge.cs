using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Forecasting;
using MlActors.Analysis.Rules;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Judges what the series of one detector have collected in a bucket, and lets them learn it. One sub-class for each way of judging:
/// every series by its own past, members of a population by the others, values by how seldom they are.
/// </summary>
/// <param name="detector">Position of the detector in the settings.</param>
internal abstract class DetectorJudge(int detector, DetectorSettings settings) : ISeriesKind
{
    public int Detector { get; } = detector;

    public DetectorSettings Settings { get; } = settings;

    /// <summary>The user's rules for the detector, to be asked about every value; they may change between two buckets.</summary>
    public DetectorRules Rules { get; set; } = DetectorRules.None;

    /// <summary>The series; set once, before anything is judged.</summary>
    public SeriesTable Table { get; set; } = null!;

    /// <summary>The values that are there most of the time, when they are excluded; set once, like the table.</summary>
    public FrequentValues? Frequent { get; set; }

    /// <summary>Whether an empty bucket is a value too.</summary>
    public abstract bool JudgesEmptyBuckets { get; }

    /// <summary>Whether values of the detector cannot be below 0.</summary>
    public abstract bool NeverNegative { get; }

    public abstract long NewBytes { get; }

    public abstract ModelledSeries Create(SeriesKey key);

    public abstract ModelledSeries Read(SeriesKey key, ref ByteReader reader);

    /// <summary>Judges a bucket. With <paramref name="learn"/>, it is over: what was seen is learnt, and noted in the series.</summary>
    /// <param name="slice"><c>null</c> when no series had records.</param>
    /// <param name="start">Start of the bucket, epoch seconds.</param>
    /// <param name="stillFilling">Whether more records are to be expected: low values of counts and sums then mean nothing yet.</param>
    public abstract void Judge(DetectorBucket? slice, long start, bool learn, bool stillFilling, Findings findings);

    /// <summary>What the series of so many values take once they are grown up, with all that is remembered besides.</summary>
    public abstract long EstimateBytes(SplitCounts counts);

    /// <summary>How many series <see cref="AddForecasters"/> adds, and the bytes that their copies take.</summary>
    public virtual (int Count, long Bytes) Forecasters => default;

    /// <summary>Adds those of the series of which the future can be told, by their keys.</summary>
    public virtual void AddForecasters(List<SeriesForecaster> forecasters)
    {
    }

    /// <summary>Notes of a bucket that must not be learnt which series are still there, so that a long event does not have them dropped.</summary>
    public void NoteSeen(DetectorBucket slice, long start)
    {
        foreach (ref var accumulator in slice.Accumulators) Table[accumulator.Series].LastSeen = start;
    }

    /// <summary>What is remembered besides the series; the judge counts it in the budget.</summary>
    public virtual void WriteShared(ByteWriter writer)
    {
    }

    /// <summary>The counterpart of <see cref="WriteShared"/>.</summary>
    public virtual void ReadShared(ref ByteReader reader)
    {
    }

    /// <summary>Told of a series that is dropped from the table.</summary>
    public virtual void Forget(ModelledSeries series)
    {
    }

    void ISeriesKind.Forget(ModelledSeries series)
    {
        Frequent?.Forget(series);
        Forget(series);
    }

    protected static void Saw(ModelledSeries series, long start)
    {
        series.LastSeen = start;
        series.Started = true;
    }
}
