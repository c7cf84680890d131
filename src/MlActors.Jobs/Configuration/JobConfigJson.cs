namespace MlActors.Jobs.Configuration;

/// <summary>The stored form of a configuration: JSON, read leniently so that an older release's configurations stay readable.</summary>
public static class JobConfigJson
{
    public static byte[] Serialize(JobConfig config) => throw new NotImplementedException();

    public static JobConfig Deserialize(ReadOnlySpan<byte> json) => throw new NotImplementedException();
}
