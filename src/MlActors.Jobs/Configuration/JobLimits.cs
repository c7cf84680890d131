using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Configuration;

/// <summary>What the server's own settings allow and supply.</summary>
/// <param name="MaxModelMemory">The largest <c>model_memory_limit</c> a job may ask for; <c>null</c> when there is no maximum.</param>
/// <param name="DefaultModelMemory">What a job gets that does not say, unless the maximum is smaller.</param>
public sealed record JobLimits(ByteSize? MaxModelMemory, ByteSize DefaultModelMemory)
{
    /// <summary>No maximum, a default of 1024 MiB.</summary>
    public static JobLimits Default { get; } = new(null, ByteSize.OfMebibytes(1024));

    /// <summary>What a job gets that does not say.</summary>
    public ByteSize EffectiveDefault => MaxModelMemory is { } max && max.Bytes < DefaultModelMemory.Bytes ? max : DefaultModelMemory;
}
