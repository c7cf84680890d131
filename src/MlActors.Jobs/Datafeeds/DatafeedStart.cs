using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Datafeeds;

/// <summary>What a run of a datafeed is given.</summary>
/// <param name="Progress">As it stood at the end of the run before.</param>
internal sealed record DatafeedStart(DatafeedConfig Config, JobConfig Job, DatafeedRun Run, DatafeedBeginning Beginning, DatafeedProgress Progress);
