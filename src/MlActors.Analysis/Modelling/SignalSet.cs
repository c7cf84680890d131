using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>The constants by which signals are joined: one profile for all data, round numbers, no weight searched for on a data set.</summary>
internal static class SignalSet
{
    public const int Tails = 9;
    public const double DecadeOfSurprise = 0.175;
    public const double Saturation = 5;
}

/// <summary>Joins the signals of a bucket: each saturated, u C / (u + C), then the norm (Σ u^1.5)^(2/3).</summary>
/// <param name="side">Which deviations count.</param>
/// <param name="residual">On which side of what was expected the value lies.</param>
[StructLayout(LayoutKind.Auto)]
internal struct Strength(Side side, double residual)
{
    private readonly bool _onSide = side == Side.Both || (side == Side.High) == (residual >= 0);
    private double _single;
    private double _multi;

    public readonly double Combined => _single + _multi <= 0 ? 0 : Math.Pow(_single + _multi, 2.0 / 3);

    /// <summary>The share of signals over many buckets less that of the bucket alone, from −1 to 1; −1 when there is none.</summary>
    public readonly double Impact => _single + _multi <= 0 ? -1 : (_multi - _single) / (_multi + _single);

    /// <param name="outside">Signed distance from the envelope.</param>
    /// <param name="multi">Whether the signal is one over many buckets.</param>
    public void Novelty(double weight, double outside, double width, bool multi = false)
    {
        if (outside == 0 || !IsWanted(outside, signed: true)) return;
        Add(weight * Math.Abs(outside) / width, multi);
    }

    /// <param name="decades">Signed.</param>
    /// <param name="signed">Whether the sign says in which direction the value went.</param>
    /// <param name="multi">Whether the signal is one over many buckets.</param>
    public void Surprise(double decades, bool signed = true, bool multi = false)
    {
        if (decades == 0 || !IsWanted(decades, signed)) return;
        Add(SignalSet.DecadeOfSurprise * Math.Abs(decades), multi);
    }

    private readonly bool IsWanted(double signal, bool signed) => side == Side.Both || (signed ? side == Side.High == (signal > 0) : _onSide);

    private void Add(double u, bool multi)
    {
        u = u * SignalSet.Saturation / (u + SignalSet.Saturation);
        if (multi) _multi += u * Math.Sqrt(u);
        else _single += u * Math.Sqrt(u);
    }
}
