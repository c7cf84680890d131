namespace MlActors.Quality;

/// <summary>A labelled stretch of a series, rows <see cref="First"/> to <see cref="Last"/>, both in it.</summary>
public readonly record struct RowRange(int First, int Last)
{
    public int Rows => Last - First + 1;

    public bool Contains(int row) => row >= First && row <= Last;
}

/// <summary>
/// How good alerts are when they are counted as a person meets them: alert rows that follow each other closely are one event, an event that touches
/// no labelled window is false, and a window is found when any alert lies in it.
/// </summary>
public readonly record struct EventQuality(int Rows, int Windows, int HitWindows, int FalseEvents)
{
    /// <summary>Alert rows at most this far apart belong to one event.</summary>
    public const int Gap = 10;

    public double Recall => Windows == 0 ? double.NaN : (double)HitWindows / Windows;

    /// <summary>Found windows among found windows and false events.</summary>
    public double Precision => HitWindows + FalseEvents == 0 ? double.NaN : (double)HitWindows / (HitWindows + FalseEvents);

    public double F1 => HitWindows == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    public double FalseEventsPerThousandRows => Rows == 0 ? double.NaN : FalseEvents * 1000.0 / Rows;

    /// <param name="scores">One for each row; NaN is no score.</param>
    /// <param name="windows">In order, apart from each other.</param>
    /// <param name="firstRow">Rows before it only teach and are not judged.</param>
    public static EventQuality Of(ReadOnlySpan<double> scores, IReadOnlyList<RowRange> windows, int firstRow, double threshold)
    {
        var hit = new bool[windows.Count];
        var (falseEvents, last, isTrue) = (0, int.MinValue, true);
        for (var row = firstRow; row < scores.Length; row++)
        {
            if (!(scores[row] >= threshold)) continue;
            if (last == int.MinValue || row - last > Gap)
            {
                if (!isTrue) falseEvents++;
                isTrue = false;
            }
            last = row;
            for (var w = 0; w < hit.Length; w++)
                if (windows[w].Contains(row))
                    isTrue = hit[w] = true;
        }
        if (!isTrue) falseEvents++;
        return new EventQuality(Math.Max(0, scores.Length - firstRow), windows.Count, hit.Count(found => found), falseEvents);
    }

    public static EventQuality operator +(EventQuality a, EventQuality b) =>
        new(a.Rows + b.Rows, a.Windows + b.Windows, a.HitWindows + b.HitWindows, a.FalseEvents + b.FalseEvents);
}
