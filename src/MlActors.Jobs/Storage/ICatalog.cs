using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Storage;

/// <param name="Datafeed">The job's datafeed, if it has one.</param>
public sealed record JobRow(JobConfig Config, JobStatus Status, DatafeedConfig? Datafeed = null);

/// <param name="Job">The status of the job, of which its own is a part.</param>
public sealed record DatafeedRow(DatafeedConfig Config, JobStatus Job)
{
    public DatafeedStatus Status => Job.Datafeed ?? new DatafeedStatus { DatafeedId = Config.DatafeedId };
}

/// <summary>The jobs an expression stands for, sorted by id, and the tokens for which there was none.</summary>
/// <param name="Jobs">Matched jobs with their states.</param>
/// <param name="UnmatchedLiterals">Ids or group names that do not exist: always an error.</param>
/// <param name="UnmatchedWildcards">Patterns without a match: an error only with <c>allow_no_match=false</c>.</param>
public sealed record Resolution(
    IReadOnlyList<ResolvedJob> Jobs,
    IReadOnlyList<string> UnmatchedLiterals,
    IReadOnlyList<string> UnmatchedWildcards);

public sealed record ResolvedJob(string JobId, JobState State, BlockedReason Blocked);

/// <summary>The read model over all jobs: answered from SQL, no actor is woken.</summary>
public interface ICatalog
{
    /// <summary>Resolves an expression over ids and group names. Jobs being deleted are left out unless <paramref name="includeDeleting"/>.</summary>
    Task<Resolution> ResolveAsync(JobExpression expression, bool includeDeleting = false);

    Task<JobRow?> FindAsync(string jobId);

    /// <summary>The rows of the given jobs, sorted by id; ids that are gone are left out.</summary>
    IAsyncEnumerable<JobRow> ReadAsync(IReadOnlyList<string> jobIds);

    /// <summary>All datafeeds with their jobs' rows of status, sorted by id. <paramref name="ids"/>: only these.</summary>
    Task<IReadOnlyList<DatafeedRow>> ListDatafeedsAsync(IReadOnlyCollection<string>? ids = null);

    /// <summary>Jobs that ought to be awake: opening, opened, closing, or blocked. Sorted: opened first.</summary>
    Task<IReadOnlyList<ResolvedJob>> ListActiveAsync();

    /// <summary>Jobs that have a place on a node or wait for one, each with the limit of its model in bytes.</summary>
    Task<IReadOnlyList<(string JobId, long ModelLimit)>> ListPlacedAsync();

    /// <summary>Whether an id or a group of this name exists.</summary>
    Task<(bool IsJob, bool IsGroup)> NameTakenAsync(string name);
}
