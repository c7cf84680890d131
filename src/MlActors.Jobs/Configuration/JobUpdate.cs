namespace MlActors.Jobs.Configuration;

/// <summary>The fields of an update request that were given; all others stay.</summary>
public sealed record JobUpdate
{
    /// <summary>The configuration after the update.</summary>
    /// <param name="opened">Whether the job is open, when some limits cannot change.</param>
    /// <param name="modelBytes">Size of the current model: a memory limit below it is refused.</param>
    /// <exception cref="InvalidConfigException">It does not fit this job.</exception>
    public JobConfig ApplyTo(JobConfig config, bool opened, long modelBytes) => throw new NotImplementedException();
}
