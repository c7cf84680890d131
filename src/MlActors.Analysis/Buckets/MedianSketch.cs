using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Buckets;

/// <summary>
/// The median of weighted values: exact up to <see cref="Most"/> different ones. After that neighbours are merged into their mean, none of which stands
/// for more than <see cref="LargestShare"/> of the whole unless its values are all equal; a digest of equal weights (Dunning and Ertl 2019, scale
/// function k₀). What it gives lies between the 49 % and the 51 % quantile, whatever the scale of the values.
/// </summary>
internal sealed class MedianSketch : NumberCollector
{
    /// <summary>Values held at most. Merging leaves at most 2 / <see cref="LargestShare"/> + 1 of them, so that it is seldom needed.</summary>
    public const int Most = 256;

    public const double LargestShare = 1.0 / 64;

    private double[] _values = new double[16];
    private double[] _weights = new double[16];
    private int _count;

    public override long Bytes => 40 + (2 * 24) + (16L * _count);

    public override double Value
    {
        get
        {
            Span<double> values = stackalloc double[_count];
            Span<double> weights = stackalloc double[_count];
            CopySorted(values, weights);
            return MedianOf(values, weights);
        }
    }

    /// <summary>The part's records are taken from where they lie, between its smallest and its largest value, of all that lies there alike.</summary>
    public override double Without(in Accumulated part, in Accumulated whole)
    {
        Span<double> values = stackalloc double[_count];
        Span<double> weights = stackalloc double[_count];
        CopySorted(values, weights);
        var there = 0.0;
        for (var i = 0; i < _count; i++)
            if (values[i] >= part.Min && values[i] <= part.Max)
                there += weights[i];
        for (var i = 0; i < _count; i++)
            if (values[i] >= part.Min && values[i] <= part.Max)
                weights[i] *= Math.Max(0, 1 - (part.Count / there));
        return MedianOf(values, weights);
    }

    public override void Add(in RecordValue record)
    {
        if (_count > 0 && _values[_count - 1] == record.Number)
        {
            _weights[_count - 1] += record.Count;
            return;
        }
        if (_count == Most) Merge();
        if (_count == _values.Length)
        {
            Array.Resize(ref _values, _count * 2);
            Array.Resize(ref _weights, _count * 2);
        }
        (_values[_count], _weights[_count]) = (record.Number, record.Count);
        _count++;
    }

    public override void Clear() => _count = 0;

    public override void Write(ByteWriter writer)
    {
        writer.VarUInt((ulong)_count);
        writer.Raw<double>(_values.AsSpan(0, _count));
        writer.Raw<double>(_weights.AsSpan(0, _count));
    }

    public override void Read(ref ByteReader reader)
    {
        _count = reader.Count(16);
        if (_count > Most) throw new InvalidDataException("a median has too many values");
        if (_count > _values.Length) (_values, _weights) = (new double[_count], new double[_count]);
        reader.Raw(_values.AsSpan(0, _count));
        reader.Raw(_weights.AsSpan(0, _count));
    }

    private void CopySorted(Span<double> values, Span<double> weights)
    {
        _values.AsSpan(0, _count).CopyTo(values);
        _weights.AsSpan(0, _count).CopyTo(weights);
        values.Sort(weights);
    }

    private void Merge()
    {
        _values.AsSpan(0, _count).Sort(_weights.AsSpan(0, _count));
        var largest = LargestShare * Sum(_weights.AsSpan(0, _count));
        var last = 0;
        for (var i = 1; i < _count; i++)
        {
            var weight = _weights[last] + _weights[i];
            if (_values[i] == _values[last] || weight <= largest)
            {
                _values[last] += (_values[i] - _values[last]) * (_weights[i] / weight);
                _weights[last] = weight;
                continue;
            }
            last++;
            (_values[last], _weights[last]) = (_values[i], _weights[i]);
        }
        _count = last + 1;
    }

    // The value in the middle; the mean of two when the middle is between them.
    private static double MedianOf(ReadOnlySpan<double> sorted, ReadOnlySpan<double> weights)
    {
        var half = Sum(weights) / 2;
        var below = 0.0;
        double? lower = null;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (weights[i] <= 0) continue;
            if (lower is not null) return (lower.Value + sorted[i]) / 2;
            below += weights[i];
            if (below > half) return sorted[i];
            if (below == half) lower = sorted[i];
        }
        return lower ?? 0;
    }

    private static double Sum(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights) sum += weight;
        return sum;
    }
}
