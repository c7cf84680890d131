using MlActors.Analysis.Results;

namespace MlActors.Node.Detecting;

/// <summary>Collects the anomalies.</summary>
/// <param name="bucketSpan">Seconds.</param>
internal sealed class Anomalies(long bucketSpan) : IResultSink
{
    // Unusual buckets of a series at most this far apart are one anomaly.
    private const int Gap = 10;

    // What is shown as a score of 0 is not worth a line.
    private const double LowestScore = 1;

    private readonly Dictionary<SeriesName, Anomaly> _last = [];
    private readonly List<Anomaly> _all = [];

    public bool WantsPoints => false;

    public int Count => _all.Count;

    public void Add(BucketResult bucket, List<SeriesPoint> points)
    {
        foreach (var record in bucket.Records)
        {
            if (record.RecordScore < LowestScore) continue;
            var point = SeriesPoint.Of(bucket, SeriesPoint.NameOf(record), record);
            if (_last.TryGetValue(point.Series, out var last) && point.Time - last.LastTime <= Gap * bucketSpan) last.Add(point);
            else _all.Add(_last[point.Series] = new Anomaly(point));
        }
    }

    public void Complete()
    {
    }

    /// <summary>The worst first; of equal ones the earlier.</summary>
    public IReadOnlyList<Anomaly> Worst(int most) =>
        [.. _all.OrderByDescending(anomaly => anomaly.Worst.RecordScore).ThenBy(anomaly => anomaly.Worst.Probability).ThenBy(anomaly => anomaly.Worst.Time).Take(most)];
}
