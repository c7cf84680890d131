using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// What was seen at the same time of earlier periods (days, weeks): a mean and a mean absolute deviation for each slot of the period, in three bytes.
/// Means are whole numbers of a unit from a base, the unit doubling when they outgrow 16 bits; deviations lie on a logarithmic grid of that unit.
/// </summary>
internal sealed class SeasonalProfile
{
    private const double Winsor = 4;
    private const double Slowest = 0.1;
    private const int StepsOfOctave = 14;
    private const int UnitsOfScale = 64;

    private readonly short[] _means;
    private readonly byte[] _deviations; // 0: nothing seen yet
    private readonly double _base;
    private double _unit;
    private uint _updates;

    /// <param name="level">What the means are stored relative to.</param>
    /// <param name="scale">The usual deviation of the series, above 0.</param>
    public SeasonalProfile(int slots, double level, double scale)
    {
        (_means, _deviations) = (new short[slots], new byte[slots]);
        (_base, _unit) = (level, scale / UnitsOfScale);
    }

    private SeasonalProfile(SeasonalProfile other) =>
        (_means, _deviations, _base, _unit, _updates) = ([.. other._means], [.. other._deviations], other._base, other._unit, other._updates);

    /// <summary>What a profile of so many slots takes in memory: the object, two arrays.</summary>
    public static long BytesFor(int slots) => 56 + (2 * 24) + (3L * slots);

    public long Bytes => BytesFor(_means.Length);

    /// <summary>The mean at a slot and, with both neighbours, the interval of means and the largest deviation; false where nothing was seen.</summary>
    public bool TryExpect(int slot, out double mean, out double low, out double high, out double deviation)
    {
        (mean, low, high, deviation) = (0, 0, 0, 0);
        if (_deviations[slot] == 0) return false;
        mean = low = high = Mean(slot);
        deviation = Deviation(slot);
        Widen(slot == 0 ? _means.Length - 1 : slot - 1, ref low, ref high, ref deviation);
        Widen(slot + 1 == _means.Length ? 0 : slot + 1, ref low, ref high, ref deviation);
        return true;
    }

    /// <param name="cycles">Whole periods seen so far: a slot is as young as that.</param>
    /// <param name="floor">The smallest deviation taken for real.</param>
    /// <param name="unclear">Whether the level may be changing: distances from the old one are no usual ones.</param>
    public void Learn(int slot, double value, long cycles, double floor, bool unclear)
    {
        if (_deviations[slot] == 0)
        {
            SetMean(slot, value);
            SetDeviation(slot, floor);
            return;
        }
        var (mean, deviation) = (Mean(slot), Deviation(slot));
        var limit = Winsor * Math.Max(deviation, floor);
        var step = value - mean;
        if (cycles >= 2) step = Math.Clamp(step, -limit, limit);
        SetMean(slot, mean + (Math.Max(Slowest, 1.0 / (cycles + 1)) * step));
        if (!unclear) SetDeviation(slot, deviation + (Math.Max(Slowest, 1.0 / (cycles + 1)) * (Math.Abs(step) - deviation)));
    }

    public SeasonalProfile Copy() => new(this);

    public void Write(ByteWriter writer)
    {
        writer.VarUInt((ulong)_means.Length);
        writer.Double(_base);
        writer.Double(_unit);
        writer.VarUInt(_updates);
        writer.Raw<short>(_means);
        writer.Raw<byte>(_deviations);
    }

    public static SeasonalProfile Read(ref ByteReader reader, int slots)
    {
        if (reader.Count(3) != slots) throw new InvalidDataException("a seasonal profile has another number of slots");
        var profile = new SeasonalProfile(slots, reader.Double(), 1) { _unit = reader.Double(), _updates = (uint)reader.VarUInt() };
        reader.Raw<short>(profile._means);
        reader.Raw<byte>(profile._deviations);
        return profile;
    }

    private void Widen(int neighbour, ref double low, ref double high, ref double deviation)
    {
        if (_deviations[neighbour] == 0) return;
        var mean = Mean(neighbour);
        low = Math.Min(low, mean);
        high = Math.Max(high, mean);
        deviation = Math.Max(deviation, Deviation(neighbour));
    }

    private double Mean(int slot) => _base + (_unit * _means[slot]);

    private double Deviation(int slot) => _unit * DeviationGrid.Value(_deviations[slot]);

    private void SetMean(int slot, double mean)
    {
        var code = Math.Round((mean - _base) / _unit);
        while (Math.Abs(code) > short.MaxValue)
        {
            Coarsen();
            code = Math.Round((mean - _base) / _unit);
        }
        _means[slot] = (short)code;
    }

    private void SetDeviation(int slot, double deviation) => _deviations[slot] = DeviationGrid.Code(deviation / _unit, Dither());

    private void Coarsen()
    {
        _unit *= 2;
        for (var i = 0; i < _means.Length; i++)
        {
            _means[i] = (short)(_means[i] / 2);
            if (_deviations[i] > 0) _deviations[i] = (byte)Math.Max(1, _deviations[i] - StepsOfOctave);
        }
    }

    // Small steps would be lost to rounding for ever: rounding up as often as the fraction says keeps the average right. The sequence is the golden
    // ratio's, evenly spread and the same in every replay.
    private double Dither() => unchecked(++_updates * 2654435769u) * (1.0 / 4294967296.0);

    /// <summary>The codes of deviations: 0 for none, 1 … 255 from an eighth of the unit upwards, fourteen to the octave.</summary>
    private static class DeviationGrid
    {
        private const double First = 0.125;
        private static readonly double[] Values = [0, .. Enumerable.Range(0, 255).Select(i => First * Math.Pow(2, (double)i / StepsOfOctave))];

        public static double Value(byte code) => Values[code];

        public static byte Code(double value, double dither)
        {
            if (value <= First) return 1;
            if (value >= Values[255]) return 255;
            var at = Array.BinarySearch(Values, value);
            if (at >= 0) return (byte)at;
            var above = ~at;
            var fraction = (value - Values[above - 1]) / (Values[above] - Values[above - 1]);
            return (byte)(fraction > dither ? above : above - 1);
        }
    }
}
