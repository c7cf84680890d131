using MlActors.Jobs.Lifecycle;

namespace MlActors.Storage.Sqlite;

/// <summary>How states stand in the columns that the catalog is searched by. The words are those of the API; they never change.</summary>
internal static class CatalogCodes
{
    public static string Of(JobState state) => state switch
    {
        JobState.Closed => "closed",
        JobState.Opening => "opening",
        JobState.Opened => "opened",
        JobState.Closing => "closing",
        JobState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    public static string Of(BlockedReason reason) => reason switch
    {
        BlockedReason.None => "none",
        BlockedReason.Delete => "delete",
        BlockedReason.Reset => "reset",
        BlockedReason.Revert => "revert",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };

    public static JobState State(string code) => code switch
    {
        "closed" => JobState.Closed,
        "opening" => JobState.Opening,
        "opened" => JobState.Opened,
        "closing" => JobState.Closing,
        "failed" => JobState.Failed,
        _ => throw new InvalidDataException($"The catalog holds the unknown job state [{code}]."),
    };

    public static BlockedReason Blocked(string code) => code switch
    {
        "none" => BlockedReason.None,
        "delete" => BlockedReason.Delete,
        "reset" => BlockedReason.Reset,
        "revert" => BlockedReason.Revert,
        _ => throw new InvalidDataException($"The catalog holds the unknown reason [{code}]."),
    };

    /// <summary>Whether the job's owner ought to be awake.</summary>
    public static bool IsActive(JobStatus status) =>
        status.State is JobState.Opening or JobState.Opened or JobState.Closing || status.Blocked != BlockedReason.None;
}
