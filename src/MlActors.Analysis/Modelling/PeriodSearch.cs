using System.Runtime.CompilerServices;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// Looks for a period in the values of a series. Their distances from a mean are collected in bytes; when the array is full, neighbours are joined, so that it
/// always reaches back to the beginning and finds ever longer periods; the mean becomes slower with it. Every now and then its autocorrelation is looked at: a sum of
/// whole numbers, the same on every machine and, at this size, as fast as by a Fourier transform. A candidate must return more than once; whether it is
/// of use is for the caller to try.
/// </summary>
internal sealed class PeriodSearch
{
    private const int Capacity = 384;

    // Units of a usual distance.
    private const int Units = 16;

    // Values, joined ones, that the mean remembers.
    private const int Memory = 96;

    // Looked at after so many values, and the first time not before there are
    private const int BetweenLooks = 64;
    private const int FewestValues = 128;
    private const int FewestJoined = 256;

    // Periods, in values: a shorter one has no shape; of a longer one too few were seen.
    private const int Shortest = 4;
    private const double MostOfAll = 0.4;

    // A correlation is no chance when it is so many times what white noise shows and at least this; and it was lower by as much in between.
    private const double Deviations = 4;
    private const double LeastCorrelation = 0.25;

    // A period shows again after two of them, and a multiple of it is not much better.
    private const double Again = 0.5;
    private const double NearlyBest = 0.85;

    // In a row, to tell the length of one.
    private const int MostPeriods = 32;

    // Periods that differ by less are the same.
    private const double Same = 0.06;

    // The search ends after values have been joined so often, and when it would be for periods of weeks.
    private const int MostJoined = 16;
    private const long LongestSearch = 28 * ModelShape.Day;

    private readonly sbyte[] _distances = new sbyte[Capacity];
    private int _count;
    private int _joined = 1;
    private int _next;
    private int _sum;
    private int _summed;
    private int _rejected;
    private float _mean = float.NaN;

    /// <summary>What it takes in memory: the object, an array.</summary>
    public const long Bytes = 16 + 8 + (6 * 4) + 8 + 24 + Capacity;

    /// <summary>Takes the next bucket.</summary>
    /// <param name="bucket">Its number, rising; missing ones count as expected.</param>
    /// <param name="value">The value, or what a profile of the day leaves of it.</param>
    /// <param name="scale">The usual distance from the level, or from the profile.</param>
    /// <param name="span">Of a bucket, seconds.</param>
    /// <param name="period">Seconds; 0 when none was found.</param>
    /// <returns>Whether the search goes on.</returns>
    public bool Take(int bucket, double value, double scale, long span, out int period)
    {
        period = 0;
        if (float.IsNaN(_mean)) _mean = (float)value;
        var distance = (value - _mean) / scale;
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
        writer.Raw<sbyte>(_distances.AsSpan(0, _count));
    }

    public static PeriodSearch Read(ref ByteReader reader)
    {
        var search = new PeriodSearch { _count = (int)reader.VarInt(), _joined = (int)reader.VarInt(), _next = (int)reader.VarInt() };
        (search._sum, search._summed, search._rejected) = ((int)reader.VarInt(), (int)reader.VarInt(), (int)reader.VarInt());
        search._mean = reader.Single();
        if (search._count is < 0 or > Capacity) throw new InvalidDataException("a search for periods is too long");
        reader.Raw<sbyte>(search._distances.AsSpan(0, search._count));
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

    // Share of a lag by which another one may differ and still belong to the same peak.
    private const double Broad = 0.15;

    private int Find(long span)
    {
        Span<double> correlations = stackalloc double[(int)(MostOfAll * _count) + 2];
        var mean = Mean();
        var variance = (double)Product(0, mean) / _count;
        // Less than the rounding of values leaves nothing to be found.
        if (variance < 1) return 0;
        for (var lag = 1; lag < correlations.Length; lag++) correlations[lag] = Correlation(lag, mean, variance);
        var (best, found) = (0.0, 0);
        for (var lag = Shortest; lag < correlations.Length - 1; lag++)
            if (IsCandidate(correlations, lag, mean, variance, span)) best = Math.Max(best, correlations[lag]);
        for (var lag = Shortest; found == 0 && best > 0 && lag < correlations.Length - 1; lag++)
            if (correlations[lag] >= NearlyBest * best && IsCandidate(correlations, lag, mean, variance, span)) found = lag;
        if (found == 0) return 0;
        var (length, uncertainty) = Refine(found, mean, variance);
        return RoundTime(length * _joined * span, uncertainty * _joined * span, span);
    }

    private bool IsCandidate(ReadOnlySpan<double> correlations, int lag, int mean, double variance, long span)
    {
        var here = correlations[lag];
        if (here < correlations[lag - 1] || here < correlations[lag + 1]) return false;
        var chance = Math.Max(LeastCorrelation, Deviations / Math.Sqrt(_count - lag));
        if (here < chance) return false;
        var lowest = here;
        for (var i = 1; i < lag; i++) lowest = Math.Min(lowest, correlations[i]);
        if (here - lowest < chance) return false;
        var seconds = (double)lag * _joined * span;
        if (IsOf(ModelShape.Day) || IsOf(ModelShape.Week) || (_rejected > 0 && IsSame(seconds, (long)Math.Max(1, Math.Round(seconds / _rejected)) * _rejected))) return false;
        var twice = 0.0;
        for (var i = (2 * lag) - 1; i <= Math.Min((2 * lag) + 1, _count * 4 / 5); i++) twice = Math.Max(twice, Correlation(i, mean, variance));
        return twice >= Again * here;

        // Days and weeks have profiles of their own, and what comes every day comes every other day as well.
        bool IsOf(long unit)
        {
            var times = Math.Round(seconds / unit);
            if (times < 1 || (!IsSame(seconds, (long)times * unit) && !SharesPeak((int)Math.Round(times * unit / (_joined * span))))) return false;
            return times == 1 || Correlation((int)Math.Round((double)unit / (_joined * span)), mean, variance) >= Again * here;
        }

        // The peak of a smooth day is broad, and noise makes many of its hours the highest.
        bool SharesPeak(int other)
        {
            if (Math.Abs(other - lag) > Broad * lag) return false;
            for (var i = Math.Min(lag, other); i <= Math.Max(lag, other); i++)
                if (Correlation(i, mean, variance) < Again * here) return false;
            return true;
        }

        // A value more or less is no difference either.
        bool IsSame(double one, long other) => Math.Abs(one - other) <= Math.Max(Same * other, 0.75 * _joined * span);
    }

    // The last of several periods in a row tells the length of one the more exactly.
    private (double Length, double Uncertainty) Refine(int lag, int mean, double variance)
    {
        var (length, uncertainty) = ((double)lag, 0.5);
        for (var times = 1; times <= MostPeriods && times * length < 0.75 * _count - 2; times++)
        {
            var middle = (int)Math.Round(times * length);
            var peak = middle;
            for (var i = middle - 1; i <= middle + 1; i += 2)
                if (Correlation(i, mean, variance) > Correlation(peak, mean, variance)) peak = i;
            var (before, at, after) = (Correlation(peak - 1, mean, variance), Correlation(peak, mean, variance), Correlation(peak + 1, mean, variance));
            if (at <= 0 || at < before || at < after) break;
            length = (peak + (at > before || at > after ? (before - after) / (2 * (before - (2 * at) + after)) : 0)) / times;
            uncertainty = 0.5 / times;
        }
        return (length, uncertainty);
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

    private int Mean()
    {
        var sum = 0;
        for (var i = 0; i < _count; i++) sum += _distances[i];
        return sum / _count;
    }

    private double Correlation(int lag, int mean, double variance) => Product(lag, mean) / (_count - lag) / variance;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Product(int lag, int mean)
    {
        var distances = _distances.AsSpan(0, _count);
        var later = distances[lag..];
        var sum = 0;
        for (var i = 0; i < later.Length; i++) sum += (distances[i] - mean) * (later[i] - mean);
        return sum;
    }
}
