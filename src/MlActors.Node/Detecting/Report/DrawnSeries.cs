using System.Runtime.InteropServices;

namespace MlActors.Node.Detecting;

/// <summary>
/// A series thinned out for a drawing: of each stretch of time only the lowest and the highest value stay, so that no peak is lost. When there are too many
/// stretches, two become one.
/// </summary>
internal sealed class DrawnSeries
{
    /// <summary>Two points of each.</summary>
    public const int MostStretches = 2000;

    private readonly List<Stretch> _stretches = [];
    private int _shift;

    public IReadOnlyList<Stretch> Stretches => _stretches;

    public double HighestScore { get; private set; }

    /// <summary>Buckets come in order of time.</summary>
    /// <param name="bucket">Number of the bucket, from 0 at the start of the results.</param>
    public void Add(long bucket, in SeriesPoint point)
    {
        HighestScore = Math.Max(HighestScore, point.RecordScore);
        if (double.IsNaN(point.Actual)) return;
        Append(new Stretch(bucket >> _shift, point.Time, point.Actual, point.Time, point.Actual, point.Lower, point.Upper));
        if (_stretches.Count > MostStretches) Halve();
    }

    private void Halve()
    {
        Stretch[] all = [.. _stretches];
        _stretches.Clear();
        _shift++;
        foreach (var stretch in all) Append(stretch with { Place = stretch.Place >> 1 });
    }

    private void Append(in Stretch stretch)
    {
        if (_stretches.Count > 0 && _stretches[^1].Place == stretch.Place) _stretches[^1] = _stretches[^1].With(stretch);
        else _stretches.Add(stretch);
    }

    /// <param name="Lower">The lowest lower bound, <paramref name="Upper"/> the highest upper bound; NaN when there is none.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Stretch(long Place, long LowTime, double Low, long HighTime, double High, double Lower, double Upper)
    {
        public Stretch With(in Stretch later)
        {
            var (low, high) = (later.Low < Low ? later : this, later.High > High ? later : this);
            return new(Place, low.LowTime, low.Low, high.HighTime, high.High, double.MinNumber(Lower, later.Lower), double.MaxNumber(Upper, later.Upper));
        }
    }
}
