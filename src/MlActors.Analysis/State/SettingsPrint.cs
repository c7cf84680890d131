using System.IO.Hashing;
using System.Text;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Categorization;

namespace MlActors.Analysis.State;

/// <summary>
/// What of the settings a state depends on. Limits, windows and how texts are read may change between save and restore, all else may not.
/// </summary>
internal readonly record struct SettingsPrint(
    long BucketSpan, long Latency, ulong Detectors, ulong Influencers, ulong SummaryCount, ulong TimeZone, ulong Categorization)
{
    public static SettingsPrint Of(AnalysisSettings settings)
    {
        using var detectors = new ByteWriter(256);
        foreach (var detector in settings.Detectors)
        {
            detectors.VarInt(detector.Index);
            foreach (var text in new[] { detector.Function.Name, detector.FieldName, detector.ByFieldName, detector.OverFieldName, detector.PartitionFieldName })
            {
                detectors.Bool(text is not null);
                detectors.String(text ?? "");
            }
            detectors.Bool(detector.UseNull);
            detectors.Bool(detector.ExcludesFrequentBy);
            detectors.Bool(detector.ExcludesFrequentOver);
            detectors.Bool(detector.Correlates);
        }
        using var influencers = new ByteWriter(64);
        foreach (var name in settings.Influencers) influencers.String(name);
        return new SettingsPrint(
            settings.BucketSpan,
            settings.Latency,
            XxHash64.HashToUInt64(detectors.Written),
            XxHash64.HashToUInt64(influencers.Written),
            Print(settings.SummaryCountField),
            Print(settings.TimeZone),
            Of(settings.Categorization));
    }

    // Filters, stop words and the number of examples may change: what was sorted by the old ones stays as it is.
    private static ulong Of(CategorizationSettings? categorization)
    {
        if (categorization is null) return 0;
        using var fields = new ByteWriter(64);
        fields.String(categorization.FieldName);
        fields.Bool(categorization.PartitionFieldName is not null);
        fields.String(categorization.PartitionFieldName ?? "");
        return XxHash64.HashToUInt64(fields.Written);
    }

    public void Write(ByteWriter writer)
    {
        writer.VarInt(BucketSpan);
        writer.VarInt(Latency);
        writer.UInt64(Detectors);
        writer.UInt64(Influencers);
        writer.UInt64(SummaryCount);
        writer.UInt64(TimeZone);
        writer.UInt64(Categorization);
    }

    public static SettingsPrint Read(ref ByteReader reader) =>
        new(reader.VarInt(), reader.VarInt(), reader.UInt64(), reader.UInt64(), reader.UInt64(), reader.UInt64(), reader.UInt64());

    /// <summary>Which setting differs, in the words of the configuration; <c>null</c> when none does.</summary>
    public string? DifferenceFrom(SettingsPrint other) =>
        BucketSpan != other.BucketSpan ? $"bucket_span of {other.BucketSpan} s, not {BucketSpan} s"
        : Latency != other.Latency ? $"latency of {other.Latency} s, not {Latency} s"
        : Detectors != other.Detectors ? "detectors"
        : Influencers != other.Influencers ? "influencers"
        : SummaryCount != other.SummaryCount ? "summary_count_field_name"
        : TimeZone != other.TimeZone ? "time_zone"
        : Categorization != other.Categorization ? "categorization_field_name or per_partition_categorization"
        : null;

    private static ulong Print(string? text) => text is null ? 0 : XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text));
}
