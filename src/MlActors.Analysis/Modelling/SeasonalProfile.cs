using System.Runtime.InteropServices;
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

    private readonly Slot[] _slots;
    private readonly double _base;
    private double _unit;
    private uint _updates;

    /// <param name="level">What the means are stored relative to.</param>
    /// <param name="scale">The usual deviation of the series, above 0.</param>
    public SeasonalProfile(int slots, double level, double scale)
    {
        _slots = new Slot[slots];
        (_base, _unit) = (level, scale / UnitsOfScale);
    }

    private SeasonalProfile(SeasonalProfile other) =>
        (_slots, _base, _unit, _updates) = ([.. other._slots], other._base, other._unit, other._updates);

    // One array of both: its own header is not paid twice.
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Slot
    {
        public short Mean;
        public byte Deviation; // 0: nothing seen yet
    }

    /// <summary>What a profile of so many slots takes in memory: the object and its array.</summary>
    public static long BytesFor(int slots) => 48 + 24 + (((3L * slots) + 7) / 8 * 8);

    public long Bytes => BytesFor(_slots.Length);

    /// <summary>The mean at a slot and, with both neighbours, the interval of means and the largest deviation; false where nothing was seen.</summary>
    public bool TryExpect(int slot, out double mean, out double low, out double high, out double deviation)
    {
        (mean, low, high, deviation) = (0, 0, 0, 0);
        if (_slots[slot].Deviation == 0) return false;
        mean = low = high = Mean(slot);
        deviation = Deviation(slot);
        Widen(slot == 0 ? _slots.Length - 1 : slot - 1, ref low, ref high, ref deviation);
        Widen(slot + 1 == _slots.Length ? 0 : slot + 1, ref low, ref high, ref deviation);
        return true;
    }

    /// <param name="cycles">Whole periods seen so far: a slot is as young as that.</param>
    /// <param name="floor">The smallest deviation taken for real.</param>
    /// <param name="unclear">Whether the level may be changing: distances from the old one are no usual ones.</param>
    public void Learn(int slot, double value, long cycles, double floor, bool unclear)
    {
        if (_slots[slot].Deviation == 0)
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
        writer.VarUInt((ulong)_slots.Length);
        writer.Double(_base);
        writer.Double(_unit);
        writer.VarUInt(_updates);
        writer.Raw<Slot>(_slots);
    }

    public static SeasonalProfile Read(ref ByteReader reader, int slots)
    {
        if (reader.Count(3) != slots) throw new InvalidDataException("a seasonal profile has another number of slots");
        var profile = new SeasonalProfile(slots, reader.Double(), 1) { _unit = reader.Double(), _updates = (uint)reader.VarUInt() };
        reader.Raw<Slot>(profile._slots);
        return profile;
    }

    private void Widen(int neighbour, ref double low, ref double high, ref double deviation)
    {
        if (_slots[neighbour].Deviation == 0) return;
        var mean = Mean(neighbour);
        low = Math.Min(low, mean);
        high = Math.Max(high, mean);
        deviation = Math.Max(deviation, Deviation(neighbour));
    }

    private double Mean(int slot) => _base + (_unit * _slots[slot].Mean);

    private double Deviation(int slot) => _unit * DeviationGrid.Value(_slots[slot].Deviation);

    private void SetMean(int slot, double mean)
    {
        var code = Math.Round((mean - _base) / _unit);
        while (Math.Abs(code) > short.MaxValue)
        {
            Coarsen();
            code = Math.Round((mean - _base) / _unit);
        }
        _slots[slot].Mean = (short)code;
    }

    private void SetDeviation(int slot, double deviation) => _slots[slot].Deviation = DeviationGrid.Code(deviation / _unit, Dither());

    private void Coarsen()
    {
        _unit *= 2;
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Mean /= 2;
            if (slot.Deviation > 0) slot.Deviation = (byte)Math.Max(1, slot.Deviation - StepsOfOctave);
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
