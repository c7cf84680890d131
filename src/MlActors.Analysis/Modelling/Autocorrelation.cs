using System.Runtime.CompilerServices;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// How much the values of a short row are like those some places on: twice the sum of products of both, over the sum of their squares. Unlike the mean product it
/// has its highest point at the period, however little of one the row ends with (McLeod and Wyvill 2005). Sums of whole numbers, the same on every machine
/// and, for some hundreds of values, as fast as by a Fourier transform.
/// </summary>
internal readonly ref struct Autocorrelation
{
    private readonly ReadOnlySpan<sbyte> _values;
    private readonly int _mean;

    public Autocorrelation(ReadOnlySpan<sbyte> values)
    {
        _values = values;
        var (sum, squares) = (0, 0);
        foreach (var value in values) sum += value;
        _mean = sum / values.Length;
        foreach (var value in values) squares += (value - _mean) * (value - _mean);
        Variance = (double)squares / values.Length;
    }

    public double Variance { get; }

    /// <summary>1 when both are the same, 0 when they have nothing in common.</summary>
    /// <param name="lag">Below the number of values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double At(int lag)
    {
        var values = _values[..^lag];
        var later = _values[lag..];
        var (mean, products, squares) = (_mean, 0, 0);
        for (var i = 0; i < values.Length; i++)
        {
            var (one, other) = (values[i] - mean, later[i] - mean);
            products += one * other;
            squares += (one * one) + (other * other);
        }
        return squares == 0 ? 0 : 2.0 * products / squares;
    }
}
