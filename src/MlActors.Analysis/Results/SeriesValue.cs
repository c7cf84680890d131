using System.Runtime.InteropServices;

namespace MlActors.Analysis.Results;

/// <summary>The value of one series in a bucket and what was expected of it, unusual or not. NaN where nothing is expected yet.</summary>
/// <param name="DetectorIndex">Position of the detector in the settings.</param>
/// <param name="Partition">Value of the partition field, empty without one; so with the others.</param>
/// <param name="Lower">Below it lies one in twenty of the values that are too low.</param>
/// <param name="Upper">Above it lies one in twenty of the values that are too high.</param>
/// <param name="Probability">That the series shows a bucket so unusual.</param>
/// <param name="RecordScore">0 as well where a rule skips the result.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SeriesValue(
    int DetectorIndex, string Partition, string By, string Over, double Actual, double Typical, double Lower, double Upper, double Probability,
    double RecordScore, double AlertScore)
{
    /// <summary>Of a place, whose latitude is <see cref="Actual"/>, its longitude; NaN for all else.</summary>
    public double ActualLongitude { get; init; } = double.NaN;

    /// <summary>The same of <see cref="Typical"/>.</summary>
    public double TypicalLongitude { get; init; } = double.NaN;
}
