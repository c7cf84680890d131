using System.Collections.Frozen;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Storage.Sql;

/// <summary>How states stand in the columns that the catalog is searched by. The words are those of the API; they never change.</summary>
internal static class CatalogCodes
{
    private static readonly FrozenDictionary<string, JobState> States =
        Enum.GetValues<JobState>().ToFrozenDictionary(JobLifecycle.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, BlockedReason> Reasons =
        Enum.GetValues<BlockedReason>().ToFrozenDictionary(JobLifecycle.Name, StringComparer.Ordinal);

    public static string Of(JobState state) => JobLifecycle.Name(state);

    public static string Of(BlockedReason reason) => JobLifecycle.Name(reason);

    public static JobState State(string code) =>
        States.TryGetValue(code, out var state) ? state : throw new InvalidDataException($"The catalog holds the unknown job state [{code}].");

    public static BlockedReason Blocked(string code) =>
        Reasons.TryGetValue(code, out var reason) ? reason : throw new InvalidDataException($"The catalog holds the unknown reason [{code}].");

    /// <summary>Whether the job's owner ought to be awake.</summary>
    public static bool IsActive(JobStatus status) =>
        status.State is JobState.Opening or JobState.Opened or JobState.Closing || status.Blocked != BlockedReason.None;
}
