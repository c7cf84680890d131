using System.Runtime.CompilerServices;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// The range of what was seen in one context. A new extreme widens it at once; otherwise each side relaxes slowly towards what is seen, so that what
/// has not come for long becomes news again.
/// </summary>
internal struct Envelope
{
    private float _low;
    private float _width;

    public Envelope() => _width = -1;

    public Envelope(double low, double high) => (_low, _width) = ((float)low, (float)(high - low));

    public readonly bool IsEmpty => _width < 0;

    public readonly double Low => _low;

    public readonly double High => (double)_low + _width;

    public readonly double Width => _width;

    /// <summary>How far a value lies above (positive) or below (negative) of the range; 0 within it and in an empty one.</summary>
    public readonly double Outside(double value) => IsEmpty ? 0 : value > High ? value - High : value < _low ? value - _low : 0;

    /// <summary>The same range at another level.</summary>
    public void Move(double step)
    {
        if (!IsEmpty) _low += (float)step;
    }

    /// <returns>By how much the range has become wider; its whole width when it was empty.</returns>
    public double Learn(double value, double decay)
    {
        if (IsEmpty)
        {
            (_low, _width) = ((float)value, 0);
            return 0;
        }
        double before = _width;
        double low = _low, high = High;
        low = value < low ? value : low + (decay * (value - low));
        high = value > high ? value : high + (decay * (value - high));
        _low = (float)low;
        _width = Math.Max(0, (float)(high - _low));
        return _width - before;
    }
}

/// <summary>Envelopes for the 24 hours of the day.</summary>
[InlineArray(24)]
internal struct HourEnvelopes
{
    private Envelope _first;
}

/// <summary>Envelopes for 16 levels of the value before.</summary>
[InlineArray(16)]
internal struct LevelEnvelopes
{
    private Envelope _first;
}
