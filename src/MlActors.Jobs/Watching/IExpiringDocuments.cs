namespace MlActors.Jobs.Watching;

/// <summary>Documents that are kept for a time.</summary>
public interface IExpiringDocuments
{
    /// <summary>Removes some of those whose time is over, in one transaction.</summary>
    /// <returns>Whether there may be more.</returns>
    Task<bool> RemoveExpiredAsync(DateTimeOffset now);
}
