using System.Runtime.CompilerServices;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// What makes a strong bucket worth an alert: that few events of this strength were seen before, and that it is not the same event still.
/// Peaks of earlier events (runs with gaps below <see cref="Gap"/> buckets) are counted on a logarithmic grid.
/// </summary>
internal struct EventMemory
{
    // Buckets without strength that end an event.
    private const int Gap = 40;

    // Strength from which a bucket belongs to an event.
    private const double Least = 0.5;

    /// <summary>Events count as comparable when they were at least this share as strong.</summary>
    public const double Comparable = 0.8;

    // Comparable events count each as much as this, by how many there were in 2,000 buckets.
    private const double Weight = 0.3;
    private const double Period = 2000;
    private const double YoungestPeriod = 500;

    // News up to this strength counts in full. To be critical it has to be rarer: events as strong at most one in 2,500 buckets (10^-3.4), by the tail of
    // those that there were, and buckets as strong at most one in 300 (10^-2.5).
    private const double Noteworthy = 1;
    private const double EventDecades = 3.4;
    private const double BucketDecades = 2.5;

    // The tail of the peaks is a generalised Pareto one of shape 1/3, its mean shrunk towards 1 as long as there were few. A peak counts as at most so many
    // means, so that one incident does not make the next one usual.
    private const double PriorMean = 1;
    private const double PriorWeight = 2;
    private const double Winsor = 5;

    // Something has to be this many times stronger than the last alert, which fades with a half-life of so many buckets, longer for a long series.
    private const double Margin = 1.3;
    private const double Rest = 40;
    private const double RestPerBucket = 0.01;

    [InlineArray(40)]
    private struct Histogram
    {
        private ushort _first;
    }

    private Histogram _peaks;
    private float _current;
    private int _since;
    private float _alerted;
    private int _events;
    private float _meanExcess;

    /// <summary>What the strength of an event is divided by.</summary>
    /// <param name="events">Comparable ones besides it.</param>
    /// <param name="buckets">In how many buckets.</param>
    public static double Damping(double events, double buckets) => 1 + (Weight * events * Period / (buckets + YoungestPeriod));

    /// <summary>log10 of how often an event that makes an alert of this strength comes, at most, in a bucket; the strength is limited to what that says.</summary>
    public static double LogRate(double strength) => -EventDecades / Strength.Critical * strength;

    /// <summary>The strength of an alert about something that comes so often; the counterpart of <see cref="LogRate"/>.</summary>
    /// <param name="log">log10.</param>
    public static double StrengthAt(double log) => -Strength.Critical / EventDecades * log;

    /// <summary>Takes the strength of the next bucket.</summary>
    /// <param name="youth">What it counts, as the series may be young.</param>
    /// <param name="logProbability">log10 of the probability of a bucket at least as strong.</param>
    /// <returns>The strength of the alert, 0 for none.</returns>
    public double Take(double strength, double youth, int known, double logProbability)
    {
        var earlier = Count(Comparable * strength);
        var score = youth * strength / Damping(earlier, known);
        var alert = score > Margin * _alerted ? Math.Min(score, Limit(strength, known, logProbability)) : 0;
        _alerted = (float)(Math.Max(_alerted, score) * Math.Pow(2, -1 / (Rest + (RestPerBucket * known))));

        if (strength >= Least)
        {
            _current = Math.Max(_current, (float)strength);
            _since = 0;
        }
        else if (_current > 0 && ++_since >= Gap)
        {
            ref var peaks = ref _peaks[Cell(_current)];
            if (peaks < ushort.MaxValue) peaks++;
            var excess = Math.Min(_current - Least, Winsor * MeanExcess);
            if (_events < int.MaxValue) _events++;
            _meanExcess += (float)((excess - _meanExcess) / _events);
            _current = 0;
        }
        return alert;
    }

    private readonly double MeanExcess => ((_events * (double)_meanExcess) + (PriorWeight * PriorMean)) / (_events + PriorWeight);

    // How strong an alert may be: in a series whose events differ by factors, a new record every so often is to be expected.
    private readonly double Limit(double strength, int known, double logProbability)
    {
        if (strength <= Noteworthy) return strength;
        var log = Math.Log10((_events + 1) / (known + 1.0)) - (3 * Math.Log10(1 + ((strength - Least) / (2 * MeanExcess))));
        return Math.Max(Noteworthy, Strength.Critical * Math.Min(-log / EventDecades, -logProbability / BucketDecades));
    }

    private readonly int Count(double least)
    {
        if (least < Least * Comparable) return 0;
        var count = 0;
        for (var i = Cell(least); i < 40; i++) count += _peaks[i];
        return count;
    }

    // Five cells to the octave, from 0.4 upwards.
    private static int Cell(double strength) => (int)Math.Clamp(5 * Math.Log2(strength / 0.4), 0, 39);
}
