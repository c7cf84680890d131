using System.Globalization;
using MlActors.Analysis;
using MlActors.Analysis.Functions;

namespace MlActors.Node.Detecting;

/// <summary>Unusual buckets of one series that follow each other closely, shown by the worst of them.</summary>
internal sealed class Anomaly(SeriesPoint first)
{
    public SeriesPoint Worst { get; private set; } = first;

    /// <summary>The highest alert score; it may be that of another bucket than the worst.</summary>
    public double Alert { get; private set; } = first.AlertScore;

    public long LastTime { get; private set; } = first.Time;

    public int Buckets { get; private set; } = 1;

    public void Add(in SeriesPoint point)
    {
        if (point.RecordScore > Worst.RecordScore) Worst = point;
        Alert = Math.Max(Alert, point.AlertScore);
        LastTime = point.Time;
        Buckets++;
    }

    /// <summary>A word of what happened.</summary>
    public string What(AnalysisSettings settings)
    {
        var aggregate = settings.Detectors[Worst.Series.Detector].Function.Aggregate;
        if (aggregate.IsOfEvents()) return aggregate.Period() > 0 ? "unusual time" : "unusual place";
        if (aggregate == Aggregate.Rare) return "rare";
        const double worthSaying = 1.5;
        var (actual, typical) = (Worst.Actual, Worst.Typical);
        var (larger, smaller) = (Math.Max(Math.Abs(actual), Math.Abs(typical)), Math.Min(Math.Abs(actual), Math.Abs(typical)));
        var word = actual >= typical ? "higher" : "lower";
        if (actual == 0 && typical != 0) return "nothing at all";
        if (smaller == 0 || actual * typical < 0 || larger < smaller * worthSaying) return $"unusually {(actual >= typical ? "high" : "low")}";
        return larger >= smaller * 1000 ? $"far {word}" : string.Create(CultureInfo.InvariantCulture, $"{larger / smaller:0.#} times {word}");
    }
}
