namespace MlActors.Jobs.Auditing;

/// <summary>Who asked for something.</summary>
/// <param name="User">The user; of an API key, its owner and the key's id.</param>
/// <param name="Address">Of the client; empty when the server itself asked.</param>
public sealed record Caller(string User, string Address);

/// <summary>How much a message matters.</summary>
public enum AuditLevel { Info, Warning, Error }

/// <summary>One line of what happened to a job.</summary>
/// <param name="TimeMs">Wall-clock epoch milliseconds.</param>
/// <param name="Node">Name of the node that did it.</param>
/// <param name="By">Who asked for it; <c>null</c> when nobody did.</param>
public sealed record AuditMessage(string JobId, long TimeMs, AuditLevel Level, string Text, string Node, Caller? By);

/// <summary>Which messages; they come with the newest first.</summary>
/// <param name="JobId"><c>null</c> for those of all jobs.</param>
/// <param name="Start">Epoch milliseconds, inclusive; <c>null</c> unbounded.</param>
/// <param name="End">Epoch milliseconds, exclusive; <c>null</c> unbounded.</param>
/// <param name="Least">The lowest level.</param>
public sealed record AuditQuery(string? JobId, long? Start, long? End, AuditLevel Least, int From, int Size);

/// <summary>The stored messages.</summary>
public interface IAuditLog
{
    /// <summary>A page of JSON documents as the API shows them.</summary>
    Task<Results.ResultPage> QueryAsync(AuditQuery query);

    /// <summary>Removes messages older than a time (epoch milliseconds), the oldest first, at most <paramref name="limit"/>.</summary>
    /// <returns>Whether there are more.</returns>
    Task<bool> RemoveAsync(long beforeMs, int limit);
}
