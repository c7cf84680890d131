using System.Runtime.InteropServices;

namespace MlActors.Quality.Synthetic;

/// <summary>What is asked of scores, or of alerts, on one kind of stream.</summary>
/// <param name="Recall">Least share of incidents found.</param>
/// <param name="Precision">Least share of true events.</param>
/// <param name="FalseEvents">In 2,000 buckets there are fewer.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Floor(double Recall, double Precision, double FalseEvents)
{
    /// <summary>What is asked everywhere but at known weak spots.</summary>
    public static Floor Common { get; } = new(0.9, 0.9, 1);

    /// <summary>What of it is missed, in words; nothing when all is kept. Without incidents only false events are looked at.</summary>
    public IEnumerable<string> Missed(string channel, EventQuality quality)
    {
        if (quality.Recall < Recall)
            yield return FormattableString.Invariant($"recall of {channel} {quality.Recall:F2} < {Recall}");
        if (quality.Windows > 0 && quality.Precision < Precision)
            yield return FormattableString.Invariant($"precision of {channel} {quality.Precision:F2} < {Precision}");
        var falseEvents = 2 * quality.FalseEventsPerThousandRows;
        if (!(falseEvents < FalseEvents))
            yield return FormattableString.Invariant($"false events of {channel} {falseEvents:F2} >= {FalseEvents} in 2,000 buckets");
    }
}
