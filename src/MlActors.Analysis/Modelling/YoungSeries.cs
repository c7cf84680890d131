using System.Runtime.InteropServices;

namespace MlActors.Analysis.Modelling;

/// <summary>What is kept of a series that was seen a few times only: enough to begin a model with.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct YoungSeries
{
    /// <summary>Buckets to be seen in before a series is worth a model.</summary>
    public const int GrownUp = 20;

    public const long Bytes = 44;

    private long _first;
    private double _base;
    private int _known;
    private int _seen;
    private float _mean;
    private float _deviation;
    private float _low;
    private float _high;
    private float _last;

    /// <summary>Start of the first bucket, epoch seconds.</summary>
    public readonly long First => _first;

    /// <summary>The first value. All others are kept relative to it, so that single precision is enough.</summary>
    public readonly double Base => _base;

    public readonly int Known => _known;

    public readonly double Mean => _mean;

    /// <summary>Mean absolute deviation.</summary>
    public readonly double Deviation => _deviation;

    public readonly double Low => _low;

    public readonly double High => _high;

    public readonly double Last => _last;

    /// <param name="alone">Whether it is the only series of its detector, which is worth a model from the first.</param>
    public readonly bool IsGrownUp(bool alone) => alone || _seen >= GrownUp;

    public void Learn(long start, double value, bool seen)
    {
        if (_known == 0)
        {
            (_first, _base) = (start, value);
        }
        value -= _base;
        if (_known > 0)
        {
            var rate = Math.Max(0.05, 1.0 / (_known + 1));
            _deviation += (float)(rate * (Math.Abs(value - _mean) - _deviation));
            _mean += (float)(rate * (value - _mean));
            _low = Math.Min(_low, (float)value);
            _high = Math.Max(_high, (float)value);
        }
        _last = (float)value;
        _known++;
        if (seen) _seen++;
    }
}
