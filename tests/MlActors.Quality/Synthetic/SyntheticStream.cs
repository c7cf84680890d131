using System.Runtime.InteropServices;

namespace MlActors.Quality.Synthetic;

/// <summary>A record with the fields <c>value</c>, <c>who</c> and <c>what</c>; a job has those of them that its detector names.</summary>
/// <param name="Row">Number of its bucket; it lies at the beginning.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SyntheticRecord(int Row, double Value = double.NaN, string Who = "", string What = "");

/// <summary>A stretch of a stream in which something is wrong.</summary>
/// <param name="Culprit">The over value, or else the by value, that should be named; <c>null</c> when there is only one series.</param>
public readonly record struct Incident(RowRange Window, string? Culprit = null)
{
    // An alert may come a little after.
    private const int Late = 3;

    private const int FirstDay = 15;
    private const int DaysApart = 3;
    private const int Count = 4;

    /// <summary>Rows in which its records are wrong.</summary>
    public bool Holds(int row) => row >= Window.First && row <= Window.Last - Late;

    /// <summary>Four incidents in the last two of four weeks, three days apart, at different times of the day.</summary>
    public static Incident[] InFourWeeks(Chance chance, int length, Func<int, string?>? culprit = null)
    {
        var incidents = new Incident[Count];
        for (var i = 0; i < incidents.Length; i++)
        {
            var first = ((FirstDay + (DaysApart * i)) * SyntheticKind.Day) + chance.Below(SyntheticKind.Day - length);
            incidents[i] = new Incident(new RowRange(first, first + length - 1 + Late), culprit?.Invoke(i));
        }
        return incidents;
    }
}

/// <summary>Four weeks of records, in order, and what is wrong in them.</summary>
public sealed record SyntheticStream(IEnumerable<SyntheticRecord> Records, IReadOnlyList<Incident> Incidents);
