using System.Runtime.InteropServices;
using MlActors.Analysis.Results;

namespace MlActors.Node.Detecting;

/// <summary>One bucket of one series. What is not known is NaN.</summary>
/// <param name="Time">Start of the bucket, epoch seconds.</param>
/// <param name="AnomalyScore">That of the bucket as a whole, over all series.</param>
/// <param name="AlertScore">How much of the record score is news.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeriesPoint(
    long Time, SeriesName Series, double Actual, double Typical, double Lower, double Upper, double Probability, double RecordScore, double AnomalyScore,
    double AlertScore)
{
    /// <summary>Of a place, whose latitude is <see cref="Actual"/>, its longitude.</summary>
    public double ActualLongitude { get; init; } = double.NaN;

    /// <summary>The same of <see cref="Typical"/>.</summary>
    public double TypicalLongitude { get; init; } = double.NaN;

    /// <summary>This and the other one are the place where results of the analysis become columns.</summary>
    public static SeriesPoint Of(BucketResult bucket, SeriesName series, in SeriesValue value) =>
        new(bucket.Timestamp, series, value.Actual, value.Typical, value.Lower, value.Upper, value.Probability, value.RecordScore, bucket.AnomalyScore,
            value.AlertScore) { ActualLongitude = value.ActualLongitude, TypicalLongitude = value.TypicalLongitude };

    public static SeriesPoint Of(BucketResult bucket, SeriesName series, RecordResult record) =>
        new(bucket.Timestamp, series, First(record.Actual), First(record.Typical),
            record.Explanation?.LowerConfidenceBound ?? double.NaN, record.Explanation?.UpperConfidenceBound ?? double.NaN, record.Probability,
            record.RecordScore, bucket.AnomalyScore, record.AlertScore) { ActualLongitude = Second(record.Actual), TypicalLongitude = Second(record.Typical) };

    public static SeriesName NameOf(RecordResult record) => new(record.DetectorIndex, record.PartitionFieldValue ?? "", record.ByFieldValue ?? "", record.OverFieldValue ?? "");

    public static SeriesName NameOf(in SeriesValue value) => new(value.DetectorIndex, value.Partition, value.By, value.Over);

    private static double First(IReadOnlyList<double> values) => values.Count > 0 ? values[0] : double.NaN;

    private static double Second(IReadOnlyList<double> values) => values.Count > 1 ? values[1] : double.NaN;
}
