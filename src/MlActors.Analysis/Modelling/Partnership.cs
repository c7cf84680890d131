using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// A series and another with which it goes together: judges the residual of the one given that of the other, u = (z − ρ z') / √(1 − ρ²) for residuals
/// of unit variance, by how far u usually goes.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Partnership
{
    /// <summary>Buckets after which a tail says something.</summary>
    public const int Enough = 100;

    private PairMoments _moments;
    private ExcessTail _up;
    private ExcessTail _down;
    private EventMemory _events;
    private int _known;

    public Partnership(in PairMoments moments) => _moments = moments;

    /// <summary>How the two go together.</summary>
    public readonly PairMoments Moments => _moments;

    /// <summary>Whether a break would be seen.</summary>
    public readonly bool Ready => _known >= Enough;

    /// <summary>
    /// The judgement of a value when that of the partner is known. What is expected is moved to where the partner's residual puts it, and the scale is
    /// smaller by what it explains.
    /// </summary>
    /// <param name="own">The judgement of the value by its own past.</param>
    /// <param name="residual">Its residual.</param>
    /// <param name="other">That of the partner.</param>
    /// <param name="learn">Whether the bucket is over.</param>
    /// <param name="neverNegative">Whether nothing below 0 can be expected.</param>
    public Judgement Judge(in Judgement own, in Residual residual, in Residual other, Side side, bool learn, bool neverNegative)
    {
        var expected = _moments.Expect(other.Distance);
        var u = _moments.Unexplained > 0 ? (residual.Distance - expected) / _moments.Unexplained : 0;
        var (probability, strength) = (0.0, 0.0);
        if (Ready && (side == Side.Both || side == Side.High == (u > 0)))
        {
            // Of n values nothing is known that is rarer than one in n².
            probability = Math.Max(-2 * Math.Log10(_known + 1), u > 0 ? _up.LogProbability(u) : _down.LogProbability(-u));
            strength = Strength.Of(probability);
        }
        var youth = (_known + 1.0) / (_known + 1 + Enough);
        var events = _events;
        var alert = events.Take(strength, youth, _known, probability);
        if (learn)
        {
            _events = events;
            var rate = Math.Clamp(2 / Math.Sqrt(_known + 1), 0.02, 0.5);
            if (u > 0) _up.Learn(u, rate);
            else _down.Learn(-u, rate);
            if (_known < int.MaxValue) _known++;
        }
        var shift = expected * residual.Unit;
        if (neverNegative) shift = Math.Max(shift, -Math.Max(0, own.Expected.Mean));
        return own with
        {
            Expected = own.Expected.Moved(shift),
            Scale = residual.Unit * _moments.Share,
            Strength = strength * youth,
            LogProbability = probability,
            Impact = -1,
            Alert = alert,
        };
    }

    public void Learn(in Residual residual, in Residual other) => _moments.Learn(residual, other);
}
