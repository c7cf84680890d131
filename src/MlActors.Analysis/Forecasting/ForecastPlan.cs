namespace MlActors.Analysis.Forecasting;

/// <summary>
/// Forecasts of all series of a job, made from copies of their models: the analysis goes on meanwhile. The future begins with the first bucket that is
/// not finished.
/// </summary>
public sealed class ForecastPlan
{
    private readonly IReadOnlyList<SeriesForecaster> _series;
    private readonly long _span;

    internal ForecastPlan(IReadOnlyList<SeriesForecaster> series, long? begin, long span) =>
        (_series, Begin, _span, Bytes) = (series, begin, span, series.Sum(one => one.Bytes));

    /// <summary>Start of the first bucket that is foretold, epoch seconds; <c>null</c> while no bucket was finished.</summary>
    public long? Begin { get; }

    /// <summary>How many series can be foretold: those that were seen often enough.</summary>
    public int Series => _series.Count;

    /// <summary>What the copies take in memory.</summary>
    public long Bytes { get; }

    /// <summary>How many buckets of each series a duration (seconds) has.</summary>
    public int BucketsIn(long duration) => checked((int)(duration / _span));

    /// <summary>The forecasts of the buckets from <see cref="Begin"/> on, by time, detector and series; made one by one while they are read.</summary>
    public IEnumerable<ForecastPoint> Points(long duration)
    {
        if (Begin is not { } begin) yield break;
        var buckets = BucketsIn(duration);
        for (var ahead = 1; ahead <= buckets; ahead++)
            foreach (var series in _series)
                yield return series.At(begin - _span, ahead);
    }
}
