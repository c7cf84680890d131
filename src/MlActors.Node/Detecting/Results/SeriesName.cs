using MlActors.Analysis;

namespace MlActors.Node.Detecting;

/// <summary>One series of a job: a detector and the values that it is split by, empty where it is not or where they are missing.</summary>
internal sealed record SeriesName(int Detector, string Partition, string By)
{
    // Looked up for every point.
    private readonly int _hash = HashCode.Combine(Detector, Partition, By);

    public override int GetHashCode() => _hash;

    /// <summary>As tables show it: <c>mean(value) host=web-1</c>.</summary>
    public string Show(AnalysisSettings settings)
    {
        var detector = settings.Detectors[Detector];
        var name = detector.FieldName is null ? detector.Function.Name : $"{detector.Function.Name}({detector.FieldName})";
        if (detector.PartitionFieldName is not null) name += $" {detector.PartitionFieldName}={Partition}";
        if (detector.ByFieldName is not null) name += $" {detector.ByFieldName}={By}";
        return name;
    }
}
