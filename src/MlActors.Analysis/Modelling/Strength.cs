using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// Joins the signals of a bucket: each saturated, u C / (u + C), then the norm (Σ u^1.5)^(2/3). The constants are the same for all data; none was
/// searched for on a data set.
/// </summary>
/// <param name="side">Which deviations count.</param>
/// <param name="deviation">
/// That of the bucket itself: if it is to the other side, neither does what the buckets before it left behind count. After a peak a low value is no high one.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal struct Strength(Side side, double deviation)
{
    /// <summary>The strength of a score of 75: where NAB and other labelled sets have their best thresholds, on the quiet side.</summary>
    public const double Critical = 1.6;

    // No signal alone is stronger than this.
    private const double Saturation = 5;

    // What a decade of one surprise adds: several signals have to agree before it is as much as one novelty.
    private const double DecadeOfSurprise = 0.175;

    // Of something whose probability is known outright: 1e-4 is as strong as a series has to be for a score of 75.
    private const double DecadeOfProbability = 0.6;

    private double _single;
    private double _multi;

    public readonly double Combined => _single + _multi <= 0 ? 0 : Math.Pow(_single + _multi, 2.0 / 3);

    /// <summary>The part of the signals over many buckets.</summary>
    public readonly double Multi => _multi;

    /// <summary>The share of signals over many buckets less that of the bucket alone, from −1 to 1; −1 when there is none.</summary>
    /// <param name="before">What <see cref="Multi"/> was in the bucket before: what it did not show before comes from this bucket alone.</param>
    public readonly double Impact(double before)
    {
        var multi = Math.Min(_multi, before);
        return multi <= 0 ? -1 : (multi - _single) / (multi + _single);
    }

    /// <summary>The strength of something improbable that was not judged by signals: by the decades beyond one in twenty.</summary>
    /// <param name="logProbability">Decimal logarithm.</param>
    public static double Of(double logProbability) => DecadeOfProbability * Math.Max(0, Math.Log10(Tail.Share) - logProbability);

    /// <summary>A signal whose probability is known outright.</summary>
    /// <param name="logProbability">Decimal logarithm.</param>
    public void Improbable(double logProbability)
    {
        var u = Of(logProbability);
        _single += u * Math.Sqrt(u);
    }

    /// <param name="outside">Signed distance from the envelope.</param>
    /// <param name="multi">Whether the signal is one over many buckets.</param>
    public void Novelty(double weight, double outside, double width, bool multi = false)
    {
        if (outside == 0 || !IsWanted(outside)) return;
        Add(weight * Math.Abs(outside) / width, multi);
    }

    /// <param name="decades">Signed.</param>
    /// <param name="multi">Whether the signal is one over many buckets.</param>
    public void Surprise(double decades, bool multi = false)
    {
        if (decades == 0 || !IsWanted(decades)) return;
        Add(DecadeOfSurprise * Math.Abs(decades), multi);
    }

    private readonly bool IsWanted(double signal) => side switch
    {
        Side.High => signal > 0 && deviation > 0,
        Side.Low => signal < 0 && deviation < 0,
        _ => true,
    };

    private void Add(double u, bool multi)
    {
        u = u * Saturation / (u + Saturation);
        if (multi) _multi += u * Math.Sqrt(u);
        else _single += u * Math.Sqrt(u);
    }
}
