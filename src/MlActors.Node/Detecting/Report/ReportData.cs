using MlActors.Analysis;
using MlActors.Analysis.Results;

namespace MlActors.Node.Detecting;

/// <summary>Collects what the report draws, in memory that does not grow with the length of the time.</summary>
internal sealed class ReportData(AnalysisSettings settings) : IResultSink
{
    /// <summary>So many series and lanes are drawn: those with the highest scores.</summary>
    private const int Most = 24;

    private readonly Dictionary<SeriesName, DrawnSeries> _series = [];
    private readonly Dictionary<(string Field, string Value), ScoreLane> _lanes = [];
    private readonly ScoreLane _overall = new();

    public bool WantsPoints => true;

    public AnalysisSettings Settings => settings;

    /// <summary>Start of the first bucket, epoch seconds.</summary>
    public long? Start { get; private set; }

    /// <summary>End of the last bucket, epoch seconds.</summary>
    public long End { get; private set; }

    public int SeriesCount => _series.Count;

    public void Add(BucketResult bucket, List<SeriesPoint> points)
    {
        var at = (bucket.Timestamp - (Start ??= bucket.Timestamp)) / settings.BucketSpan;
        End = bucket.Timestamp + settings.BucketSpan;
        _overall.Add(at, bucket.AnomalyScore);
        foreach (var influencer in bucket.Influencers) Lane(influencer.FieldName, influencer.FieldValue, at, influencer.InfluencerScore);
        foreach (var record in bucket.Records)
        {
            if (record.PartitionFieldName is { } partition) Lane(partition, record.PartitionFieldValue ?? "", at, record.RecordScore);
            if (record.ByFieldName is { } by) Lane(by, record.ByFieldValue ?? "", at, record.RecordScore);
            if (record.OverFieldName is { } over) Lane(over, record.OverFieldValue ?? "", at, record.RecordScore);
        }
        foreach (var point in points)
        {
            if (!_series.TryGetValue(point.Series, out var series)) _series[point.Series] = series = new DrawnSeries();
            series.Add(at, point);
        }
    }

    public void Complete()
    {
    }

    /// <summary>The lane of the buckets as a whole, then those of values with the highest scores; all their cells are this wide.</summary>
    /// <param name="cellWidth">Seconds.</param>
    public IReadOnlyList<(string Name, ScoreLane Lane)> Lanes(out int shift, out long cellWidth)
    {
        var chosen = _lanes.OrderByDescending(lane => lane.Value.Highest).ThenBy(lane => lane.Key.Field, StringComparer.Ordinal).ThenBy(lane => lane.Key.Value, StringComparer.Ordinal).Take(Most);
        List<(string Name, ScoreLane Lane)> lanes = [("overall", _overall), .. chosen.Select(lane => ($"{lane.Key.Field}={lane.Key.Value}", lane.Value))];
        shift = lanes.Max(lane => lane.Lane.Shift);
        cellWidth = settings.BucketSpan << shift;
        return lanes;
    }

    public IReadOnlyList<(SeriesName Name, DrawnSeries Drawn)> Series() =>
        [.. _series.Select((pair, i) => (pair.Key, pair.Value, Place: i)).OrderByDescending(series => series.Value.HighestScore).ThenBy(series => series.Place)
            .Take(Most).Select(series => (series.Key, series.Value))];

    private void Lane(string field, string value, long bucket, double score)
    {
        if (!_lanes.TryGetValue((field, value), out var lane)) _lanes[(field, value)] = lane = new ScoreLane();
        lane.Add(bucket, score);
    }
}
