using MlActors.Analysis;
using MlActors.Analysis.Categorization;

namespace MlActors.Node.Detecting;

/// <summary>One series of a job: a detector and the values that it is split by, empty where it is not or where they are missing.</summary>
internal sealed record SeriesName(int Detector, string Partition, string By, string Over)
{
    // Looked up for every point.
    private readonly int _hash = HashCode.Combine(Detector, Partition, By, Over);

    public override int GetHashCode() => _hash;

    /// <summary>The category of texts that it is of; <c>null</c> when the detector is not split by it.</summary>
    public string? CategoryOf(AnalysisSettings settings)
    {
        var detector = settings.Detectors[Detector];
        return detector.ByFieldName == CategorizationSettings.CategoryField ? By
            : detector.OverFieldName == CategorizationSettings.CategoryField ? Over
            : detector.PartitionFieldName == CategorizationSettings.CategoryField ? Partition
            : null;
    }

    /// <summary>As tables show it: <c>mean(value) host=web-1</c>.</summary>
    public string Show(AnalysisSettings settings)
    {
        var detector = settings.Detectors[Detector];
        var name = detector.FieldName is null ? detector.Function.Name : $"{detector.Function.Name}({detector.FieldName})";
        if (detector.PartitionFieldName is not null) name += $" {detector.PartitionFieldName}={Partition}";
        if (detector.ByFieldName is not null) name += $" {detector.ByFieldName}={By}";
        if (detector.OverFieldName is not null) name += $" {detector.OverFieldName}={Over}";
        return name;
    }
}
