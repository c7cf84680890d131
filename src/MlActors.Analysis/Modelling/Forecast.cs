using System.Runtime.InteropServices;

namespace MlActors.Analysis.Modelling;

/// <summary>What one seasonal profile says of a bucket.</summary>
/// <param name="Known">Whether it says anything.</param>
/// <param name="Low">Least of the means of the slot and its neighbours.</param>
/// <param name="High">Greatest of them.</param>
/// <param name="Deviation">The largest of their usual deviations.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Season(bool Known, double Mean, double Low, double High, double Deviation)
{
    public static readonly Season None = default;

    /// <param name="shift">By how much the level lies above that of the profile.</param>
    public static Season Of(SeasonalProfile? profile, int slot, double shift) =>
        profile is not null && profile.TryExpect(slot, out var mean, out var low, out var high, out var deviation)
            ? new Season(true, mean + shift, low + shift, high + shift, deviation)
            : None;
}

/// <summary>What the profiles of a series say of a bucket.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Seasons(Season Day, Season Week, Season Found);

/// <summary>What a forecast is made of.</summary>
internal enum ForecastSource : byte { Level, Day, Week, Found }

/// <summary>What is expected of a bucket: a value or, where the neighbouring times differ, an interval of values.</summary>
/// <param name="Deviation">Usual distance from it at this time.</param>
/// <param name="Error">Usual distance from it over time.</param>
/// <param name="Source">What it is made of.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Forecast(double Mean, double Low, double High, double Deviation, double Error, ForecastSource Source = ForecastSource.Level)
{
    public Forecast Moved(double by) => this with { Mean = Mean + by, Low = Low + by, High = High + by };

    /// <summary>The unit in which distances are judged.</summary>
    /// <param name="floor">The smallest taken for real.</param>
    public double Scale(double floor) => Math.Max((0.7 * Deviation) + (0.3 * Error), floor);

    /// <summary>The distance of a value in scales: mostly that from the interval, so that an edge a little early or late is nothing, a little that from the mean.</summary>
    public double Distance(double value, double scale)
    {
        var beyond = value > High ? value - High : value < Low ? value - Low : 0;
        return ((0.8 * beyond) + (0.2 * (value - Mean))) / scale;
    }
}
