using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// A forecast by what was seen at the same time of earlier periods (days, weeks): one mean and one mean absolute deviation for each slot of the
/// period, read by linear interpolation between the middles of the slots.
/// </summary>
internal sealed class SeasonalProfile
{
    private const double Winsor = 4;
    private const int YoungSlot = 3;

    private readonly long _period;
    private readonly double _base;
    private readonly long _since;
    private readonly float[] _mean;
    private readonly float[] _deviation;
    private readonly byte[] _count;
    private long _judged;

    /// <param name="period">Seconds.</param>
    /// <param name="level">What the means are stored relative to, so that single precision is enough.</param>
    /// <param name="since">Start of the first bucket to be learnt, epoch seconds.</param>
    public SeasonalProfile(long period, int slots, double level, long since)
    {
        _period = period;
        _base = level;
        _since = since;
        _mean = new float[slots];
        _deviation = new float[slots];
        _count = new byte[slots];
    }

    /// <summary>Mean absolute error by which forecasts compete; infinite until the profile was tried.</summary>
    public double Error { get; private set; } = double.PositiveInfinity;

    /// <summary>What a profile of so many slots takes in memory.</summary>
    public static long BytesFor(int slots) => 72 + (3 * 24) + (9L * slots);

    public long Bytes => BytesFor(_mean.Length);

    /// <summary>The forecast for the bucket [start, start + span); none before most of a period was seen, nor where nothing was ever seen.</summary>
    public bool TryExpect(long start, long span, out double value, out double deviation)
    {
        (value, deviation) = (double.NaN, 0);
        if (start - _since < _period / 10 * 9) return false;
        var place = Place(start, span) - 0.5;
        var left = (int)Math.Floor(place);
        var share = place - left;
        left = left < 0 ? _mean.Length - 1 : left;
        var right = left + 1 == _mean.Length ? 0 : left + 1;
        var rightSeen = share > 0 && _count[right] > 0;
        if (_count[left] == 0 && !rightSeen) return false;
        if (_count[left] == 0) left = right;
        if (!rightSeen) right = left;
        value = _base + ((1 - share) * _mean[left]) + (share * _mean[right]);
        // A slot seen once or twice does not know its deviation yet, nor its mean well.
        var count = Math.Min(_count[left], _count[right]);
        deviation = Math.Max(_deviation[left], _deviation[right]);
        if (count < YoungSlot && double.IsFinite(Error)) deviation = Math.Max(deviation, Error);
        deviation *= Math.Sqrt(1 + (1.0 / count));
        return true;
    }

    /// <param name="slowest">The weight of a value once the slot is not young.</param>
    /// <param name="firstLow">Into a slot without memory goes no value outside of [firstLow, firstHigh].</param>
    public void Learn(long start, long span, double value, double slowest, double errorRate, double floor, double firstLow, double firstHigh)
    {
        if (TryExpect(start, span, out var expected, out _))
        {
            var limit = double.IsFinite(Error) ? 2 * Winsor * Math.Max(Error, floor) : double.MaxValue;
            var distance = Math.Min(Math.Abs(value - expected), limit);
            Error = double.IsFinite(Error) ? Error + (Math.Max(errorRate, 1.0 / (++_judged + 1)) * (distance - Error)) : distance;
        }
        var slot = (int)Place(start, span);
        if (_count[slot] == 0)
        {
            _mean[slot] = (float)(Math.Clamp(value, firstLow, firstHigh) - _base);
            _count[slot] = 1;
            return;
        }
        var count = _count[slot];
        var residual = value - _base - _mean[slot];
        if (count >= YoungSlot)
        {
            var limit = Winsor * Math.Max(Math.Max(_deviation[slot], floor), double.IsFinite(Error) ? 0.5 * Error : 0);
            residual = Math.Clamp(residual, -limit, limit);
        }
        var rate = Math.Max(slowest, 1.0 / (count + 1));
        _mean[slot] += (float)(rate * residual);
        _deviation[slot] += (float)(Math.Max(slowest, 1.0 / count) * (Math.Abs(residual) - _deviation[slot]));
        if (count < byte.MaxValue) _count[slot]++;
    }

    public void Write(ByteWriter writer)
    {
        writer.VarUInt((ulong)_mean.Length);
        writer.Double(_base);
        writer.VarInt(_since);
        writer.Double(Error);
        writer.VarInt(_judged);
        writer.Raw<float>(_mean);
        writer.Raw<float>(_deviation);
        writer.Raw<byte>(_count);
    }

    public static SeasonalProfile Read(ref ByteReader reader, long period, int slots)
    {
        if (reader.Count(9) != slots) throw new InvalidDataException("a seasonal profile has another number of slots");
        var profile = new SeasonalProfile(period, slots, reader.Double(), reader.VarInt()) { Error = reader.Double(), _judged = reader.VarInt() };
        reader.Raw<float>(profile._mean);
        reader.Raw<float>(profile._deviation);
        reader.Raw<byte>(profile._count);
        return profile;
    }

    // Where the middle of a bucket lies in the period, in slots: [0, slots). Twice all times, so that the middle of an odd span is exact.
    private double Place(long start, long span)
    {
        var middle = BucketTime.Floor((2 * start) + span, 2 * _period);
        return ((2 * start) + span - middle) * (double)_mean.Length / (2 * _period);
    }
}
