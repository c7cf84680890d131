using System.Runtime.CompilerServices;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// What makes a strong bucket worth an alert: that few events of this strength were seen before, and that it is not the same event still.
/// Peaks of earlier events (runs with gaps below <see cref="Gap"/> buckets) are counted on a logarithmic grid.
/// </summary>
internal struct EventMemory
{
    private const int Gap = 40;
    private const double Least = 0.5;
    private const double Comparable = 0.8;
    private const double Weight = 0.3;
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

    /// <summary>Takes the strength of the next bucket.</summary>
    /// <returns>The strength of the alert, 0 for none.</returns>
    public double Take(double strength, double youth, int known)
    {
        var earlier = Count(Comparable * strength);
        var score = youth * strength / (1 + (Weight * earlier * 2000 / (known + 500.0)));
        var alert = score > Margin * _alerted ? score : 0;
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
            _current = 0;
        }
        return alert;
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
