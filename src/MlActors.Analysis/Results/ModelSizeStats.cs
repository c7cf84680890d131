using MlActors.Analysis.Categorization;

namespace MlActors.Analysis.Results;

public enum MemoryStatus { Ok, SoftLimit, HardLimit }

/// <summary>What the models of a job take and hold. Sizes in bytes, times epoch seconds.</summary>
public sealed record ModelSizeStats
{
    public long ModelBytes { get; init; }
    public long PeakModelBytes { get; init; }
    public long ModelBytesExceeded { get; init; }
    public long MemoryLimit { get; init; }
    public long TotalByFieldCount { get; init; }
    public long TotalOverFieldCount { get; init; }
    public long TotalPartitionFieldCount { get; init; }
    public long BucketAllocationFailures { get; init; }
    public MemoryStatus MemoryStatus { get; init; }

    /// <summary>Of all partitions together; zeros without categorization.</summary>
    public CategorizationStats Categorization { get; init; }

    /// <summary>Start of the newest finished bucket; <c>null</c> before the first.</summary>
    public long? Timestamp { get; init; }
}
