using System.Runtime.InteropServices;

namespace MlActors.Analysis.Forecasting;

/// <summary>What is to be expected of one series in one future bucket.</summary>
/// <param name="Partition">Value of the partition field, empty without one; so with the other.</param>
/// <param name="Timestamp">Start of the bucket, epoch seconds.</param>
/// <param name="Lower">Nineteen of twenty values lie between this</param>
/// <param name="Upper">and this.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ForecastPoint(
    DetectorSettings Detector, string Partition, string By, long Timestamp, double Prediction, double Lower, double Upper);
