namespace MlActors.Analysis.Buckets;

/// <summary>A bucket that still takes records.</summary>
internal sealed class OpenBucket(IReadOnlyList<DetectorBucket> detectors)
{
    public const long Bytes = 64;

    /// <summary>Epoch seconds.</summary>
    public long Start { get; set; }

    /// <summary>Records, each as many as it stands for.</summary>
    public double Events { get; set; }

    /// <summary>Whether data was turned away for lack of memory.</summary>
    public bool Refused { get; set; }

    public IReadOnlyList<DetectorBucket> Detectors { get; } = detectors;

    public void Clear()
    {
        foreach (var detector in Detectors) detector.Clear();
        (Events, Refused) = (0, false);
    }
}
