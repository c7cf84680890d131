using System.Runtime.CompilerServices;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// Looks for a period in the values of a series. Their distances from a slow mean are collected in bytes; when the array is full, neighbours are joined, so that
/// it always reaches back to the beginning and finds ever longer periods. Every now and then its autocorrelation is looked at. A candidate must return more
/// than once; whether it is of use is for the caller to try.
/// </summary>
internal sealed class PeriodSearch
{
    private const int Capacity = 256;

    // Units of a usual distance.
    private const int Units = 16;

    // Values, joined ones, that the mean remembers: far more than a period has.
    private const int Memory = 1024;

    // Looked at after so many values, and the first time not before there are
    private const int BetweenLooks = 64;
    private const int FewestValues = 128;
    private const int FewestJoined = 192;

    // Periods, in values: a shorter one has no shape; of a longer one too few were seen.
    private const int Shortest = 4;
    private const double MostOfAll = 0.4;

    // A correlation is no chance when it is so many times what white noise shows and at least this; and it was lower by as much in between.
    private const double Deviations = 4;
    private const double LeastCorrelation = 0.25;

    // A period shows again after two of them, and a multiple of it is not much better.
    private const double Again = 0.5;
    private const double NearlyBest = 0.85;

    // In a row, to tell the length of one; the top of a peak is at most such a part of a period on either side, and near to it.
    private const int MostPeriods = 32;
    private const int PartOfPeak = 8;
    private const double LeastOfTop = 0.75;

    // Periods that differ by less are the same; those that differ by less than this may belong to the same peak.
    private const double Same = 0.06;
    private const double Broad = 0.15;

    // The day matters.
    private const double Daily = 0.5;

    // The search ends after values have been joined so often, and when it would be for periods of weeks.
    private const int MostJoined = 16;
    private const long LongestSearch = 28 * ModelShape.Day;

    private Distances _distances;
    private int _count;
    private int _joined = 1;
    private int _next;
    private int _sum;
    private int _summed;
    private int _rejected;
    private float _mean = float.NaN;
    private float _scale;

    /// <summary>What it takes in memory.</summary>
    public const long Bytes = 16 + (6 * 4) + (2 * 4) + Capacity;

    // Within the object: no array, no header.
    [InlineArray(Capacity)]
    private struct Distances
    {
        private sbyte _first;
    }

    /// <summary>Takes the next bucket.</summary>
    /// <param name="bucket">Its number, rising; missing ones count as expected.</param>
    /// <param name="scale">The usual distance from the level; that of the first bucket counts.</param>
    /// <param name="span">Of a bucket, seconds.</param>
    /// <param name="period">Seconds; 0 when none was found.</param>
    /// <returns>Whether the search goes on.</returns>
    public bool Take(int bucket, double value, double scale, long span, out int period)
    {
        period = 0;
        if (float.IsNaN(_mean)) (_mean, _scale) = ((float)value, (float)scale);
        var distance = (value - _mean) / _scale;
        _mean += (float)((value - _mean) / (Memory * _joined));
        if (_next > 0 && bucket - _next > Capacity / 4 * _joined) (_count, _sum, _summed) = (0, 0, 0);
        else for (; _next > 0 && _next < bucket && period == 0; _next++) if (!Add(0, span, out period)) return false;
        _next = bucket + 1;
        return Add((int)Math.Clamp(Math.Round(Units * distance), sbyte.MinValue, sbyte.MaxValue), span, out period);
    }

    /// <summary>A period was tried and is of no use, nor are multiples of it.</summary>
    public void Reject(int period) => _rejected = period;

    public void Write(ByteWriter writer)
    {
        foreach (var number in (ReadOnlySpan<int>)[_count, _joined, _next, _sum, _summed, _rejected]) writer.VarInt(number);
        writer.Single(_mean);
        writer.Single(_scale);
        writer.Raw<sbyte>(_distances[.._count]);
    }

    public static PeriodSearch Read(ref ByteReader reader)
    {
        var search = new PeriodSearch { _count = (int)reader.VarInt(), _joined = (int)reader.VarInt(), _next = (int)reader.VarInt() };
        (search._sum, search._summed, search._rejected) = ((int)reader.VarInt(), (int)reader.VarInt(), (int)reader.VarInt());
        (search._mean, search._scale) = (reader.Single(), reader.Single());
        if (search._count is < 0 or > Capacity) throw new InvalidDataException("a search for periods is too long");
        reader.Raw(search._distances[..search._count]);
        return search;
    }

    private bool Add(int distance, long span, out int period)
    {
        period = 0;
        _sum += distance;
        if (++_summed < _joined) return true;
        _distances[_count++] = (sbyte)(_sum / _joined);
        (_sum, _summed) = (0, 0);
        if (_count % BetweenLooks == 0 && _count >= (_joined == 1 ? FewestValues : FewestJoined)) period = Find(span);
        if (_count < Capacity) return true;
        for (var i = 0; i < Capacity / 2; i++) _distances[i] = (sbyte)((_distances[2 * i] + _distances[(2 * i) + 1]) / 2);
        _count = Capacity / 2;
        _joined *= 2;
        return _joined <= MostJoined && Capacity / 2 * _joined * span < LongestSearch;
    }

    private int Find(long span)
    {
        Span<sbyte> values = stackalloc sbyte[_count];
        _distances[.._count].CopyTo(values);
        var correlation = new Autocorrelation(values);
        // What comes with the day has a profile of its own, and hides the rest.
        var day = (double)ModelShape.Day / (_joined * span);
        if (2 * day <= _count && correlation.At((int)Math.Round(day)) >= Daily)
        {
            TakeAway(values, day);
            correlation = new Autocorrelation(values);
        }
        // Less than the rounding of values leaves nothing to be found.
        if (correlation.Variance < 1) return 0;
        Span<double> at = stackalloc double[(int)(MostOfAll * _count) + 2];
        for (var lag = 1; lag < at.Length; lag++) at[lag] = correlation.At(lag);
        var (best, found) = (0.0, 0);
        for (var lag = Shortest; lag < at.Length - 1; lag++)
            if (IsCandidate(at, lag, correlation, span)) best = Math.Max(best, at[lag]);
        for (var lag = Shortest; found == 0 && best > 0 && lag < at.Length - 1; lag++)
            if (at[lag] >= NearlyBest * best && IsCandidate(at, lag, correlation, span)) found = lag;
        if (found == 0) return 0;
        var (length, uncertainty) = Refine(found, correlation);
        return RoundTime(length * _joined * span, uncertainty * _joined * span, span);
    }

    // The mean of every time of the day.
    private static void TakeAway(Span<sbyte> values, double day)
    {
        Span<int> sums = stackalloc int[(int)day + 1], counts = stackalloc int[(int)day + 1];
        (sums[^1], counts[^1]) = (0, 0);
        for (var i = 0; i < values.Length; i++)
        {
            sums[Time(i)] += values[i];
            counts[Time(i)]++;
        }
        for (var i = 0; i < values.Length; i++) values[i] = (sbyte)Math.Clamp(values[i] - (sums[Time(i)] / counts[Time(i)]), sbyte.MinValue, sbyte.MaxValue);

        int Time(int i) => (int)(i - (Math.Floor(i / day) * day));
    }

    private bool IsCandidate(ReadOnlySpan<double> at, int lag, in Autocorrelation correlation, long span)
    {
        var here = at[lag];
        if (here < at[lag - 1] || here < at[lag + 1]) return false;
        var chance = Math.Max(LeastCorrelation, Deviations / Math.Sqrt(_count - lag));
        if (here < chance) return false;
        var lowest = here;
        for (var i = 1; i < lag; i++) lowest = Math.Min(lowest, at[i]);
        if (here - lowest < chance) return false;
        var seconds = (double)lag * _joined * span;
        if (IsOf(ModelShape.Day, correlation) || IsOf(ModelShape.Week, correlation)) return false;
        if (_rejected > 0 && IsSame(seconds, (long)Math.Max(1, Math.Round(seconds / _rejected)) * _rejected)) return false;
        var twice = 0.0;
        for (var i = (2 * lag) - 1; i <= Math.Min((2 * lag) + 1, _count * 4 / 5); i++) twice = Math.Max(twice, correlation.At(i));
        return twice >= Again * here;

        // Days and weeks have profiles of their own, and what comes every day comes every other day as well.
        bool IsOf(long unit, in Autocorrelation correlation)
        {
            var times = Math.Round(seconds / unit);
            if (times < 1 || (!IsSame(seconds, (long)times * unit) && !SharesPeak((int)Math.Round(times * unit / (_joined * span)), correlation))) return false;
            return times == 1 || correlation.At((int)Math.Round((double)unit / (_joined * span))) >= Again * here;
        }

        // The peak of a smooth day is broad, and noise makes many of its hours the highest.
        bool SharesPeak(int other, in Autocorrelation correlation)
        {
            if (Math.Abs(other - lag) > Broad * lag) return false;
            for (var i = Math.Min(lag, other); i <= Math.Max(lag, other); i++)
                if (correlation.At(i) < Again * here) return false;
            return true;
        }

        // A value more or less is no difference either.
        bool IsSame(double one, long other) => Math.Abs(one - other) <= Math.Max(Same * other, 0.75 * _joined * span);
    }

    // The last of several periods in a row tells the length of one the more exactly.
    private (double Length, double Uncertainty) Refine(int lag, in Autocorrelation correlation)
    {
        var (length, uncertainty, reach) = ((double)lag, 1.0, Width(lag, correlation));
        for (var times = 1; times <= MostPeriods && times * length < (0.75 * _count) - reach - 1; times++)
        {
            var peak = times * length;
            // First near it, then at it: further away it leans to one side.
            for (var again = 0; again < 2 && Math.Abs(peak - (times * length)) <= reach; again++) peak = Top(correlation, (int)Math.Round(peak), again == 0 ? reach : Math.Max(1, reach / 2));
            if (Math.Abs(peak - (times * length)) > reach) break;
            (length, uncertainty) = (peak / times, 1.0 / times);
        }
        return (length, uncertainty);
    }

    // A pulse has a narrow peak.
    private static int Width(int lag, in Autocorrelation correlation)
    {
        var (reach, least) = (1, LeastOfTop * correlation.At(lag));
        while (reach < lag / PartOfPeak && correlation.At(lag - reach - 1) > least && correlation.At(lag + reach + 1) > least) reach++;
        return reach;
    }

    // Of the parabola through the surroundings of a peak, which are alike on both sides of it whatever returns.
    private static double Top(in Autocorrelation correlation, int middle, int reach)
    {
        var (sum, slope, bend, squares, fourths) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var x = -reach; x <= reach; x++)
        {
            var (here, square) = (correlation.At(middle + x), (double)x * x);
            (sum, slope, bend) = (sum + here, slope + (x * here), bend + (square * here));
            (squares, fourths) = (squares + square, fourths + (square * square));
        }
        var points = (2 * reach) + 1;
        var curvature = ((points * bend) - (squares * sum)) / ((points * fourths) - (squares * squares));
        return curvature < 0 ? middle - (slope / squares / (2 * curvature)) : double.PositiveInfinity;
    }

    // What repeats itself does so after a round time, as a rule.
    private static int RoundTime(double seconds, double uncertainty, long span)
    {
        foreach (var unit in (ReadOnlySpan<long>)[ModelShape.Day, 43_200, 21_600, 10_800, 3600, 1800, 900, 600, 300, 60, span])
        {
            var round = Math.Round(seconds / unit) * unit;
            if (round > 0 && Math.Abs(round - seconds) <= uncertainty) return (int)round;
        }
        return (int)Math.Round(seconds);
    }
}
