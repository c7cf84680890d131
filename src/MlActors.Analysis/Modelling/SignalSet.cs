using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>The constants by which signals are joined: one profile for all data, round numbers, no weight searched for on a data set.</summary>
internal static class SignalSet
{
    public const double DecadeOfSurprise = 0.175;
    public const double Saturation = 5;
}

/// <summary>Joins the signals of a bucket: each saturated, u C / (u + C), then the norm (Σ u^1.5)^(2/3).</summary>
/// <param name="side">Which deviations count.</param>
[StructLayout(LayoutKind.Auto)]
internal struct Strength(Side side)
{
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
        Add(SignalSet.DecadeOfSurprise * Math.Abs(decades), multi);
    }

    private readonly bool IsWanted(double signal) => side == Side.Both || side == Side.High == (signal > 0);

    private void Add(double u, bool multi)
    {
        u = u * SignalSet.Saturation / (u + SignalSet.Saturation);
        if (multi) _multi += u * Math.Sqrt(u);
        else _single += u * Math.Sqrt(u);
    }
}
