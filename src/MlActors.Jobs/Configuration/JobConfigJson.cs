namespace MlActors.Jobs.Configuration;

/// <summary>The stored form of a job's configuration, and the one that the API shows.</summary>
public static partial class JobConfigJson
{
    public static byte[] Serialize(JobConfig config) => StoredConfig.Serialize(config);

    /// <exception cref="InvalidDataException">The bytes are no stored configuration.</exception>
    public static JobConfig Deserialize(ReadOnlySpan<byte> json) => StoredConfig.Deserialize<JobConfig>(json, "configuration");
}
