using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlActors.Analysis.Forecasting;

/// <summary>
/// The means of the last fourteen whole days. Their slope is a trend that neither the time of the day nor, once two weeks are known, the day of the week
/// can feign.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct DailyMeans
{
    private const int Days = 14;
    private const int FewestDays = 4;

    [InlineArray(Days)]
    private struct Ring
    {
        private float _first;
    }

    private Ring _means;
    private int _day;
    private float _sum;
    private int _count;

    public DailyMeans()
    {
        for (var day = 0; day < Days; day++) _means[day] = float.NaN;
    }

    /// <param name="day">Days since any beginning, never falling.</param>
    public void Learn(int day, double value)
    {
        if (day != _day)
        {
            Place(_day) = _count > 0 ? _sum / _count : float.NaN;
            for (var missing = Math.Max(_day + 1, day - Days); missing < day; missing++) Place(missing) = float.NaN;
            (_day, _sum, _count) = (day, 0, 0);
        }
        _sum += (float)value;
        _count++;
    }

    /// <summary>Values from now on are relative to a level that is higher by a step, which came so many buckets ago.</summary>
    public void Move(double step, int length)
    {
        _sum -= (float)(step * Math.Min(length, _count));
        if (length > _count) Place(_day - 1) = float.NaN;
    }

    /// <summary>
    /// By how much the mean rises a day: of the last week against the one before it, or as long as there are no two whole weeks, by least squares.
    /// 0 while too few days are known.
    /// </summary>
    public readonly double Slope
    {
        get
        {
            var (known, sumX, sumY, sumXx, sumXy, weeks) = (0, 0.0, 0.0, 0.0, 0.0, 0.0);
            for (var back = 1; back <= Days; back++)
            {
                double mean = _means[(int)((uint)(_day - back + Days) % Days)];
                if (double.IsNaN(mean)) continue;
                known++;
                weeks += back <= 7 ? mean : -mean;
                sumX -= back;
                sumY += mean;
                sumXx += back * back;
                sumXy -= back * mean;
            }
            if (known == Days) return weeks / 49;
            return known < FewestDays ? 0 : ((known * sumXy) - (sumX * sumY)) / ((known * sumXx) - (sumX * sumX));
        }
    }

    [UnscopedRef]
    private ref float Place(int day) => ref _means[(int)((uint)(day + Days) % Days)];
}
