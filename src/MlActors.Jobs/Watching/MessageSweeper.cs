using MlActors.Jobs.Auditing;

namespace MlActors.Jobs.Watching;

/// <param name="Retention">How long messages are kept.</param>
/// <param name="Every">Time between two looks for older ones.</param>
/// <param name="Pause">Time between two transactions that remove some.</param>
/// <param name="AtOnce">How many are removed in one.</param>
public sealed record MessageSweepOptions(TimeSpan Retention, TimeSpan Every, TimeSpan Pause, int AtOnce)
{
    public static MessageSweepOptions Default { get; } = new(TimeSpan.FromDays(90), TimeSpan.FromMinutes(10), TimeSpan.FromMilliseconds(20), 1000);
}

/// <summary>Removes messages that are older than they are kept.</summary>
public sealed class MessageSweeper(IAuditLog audit, TimeProvider time, MessageSweepOptions options) : Sweeper("Old messages", options.Every, options.Pause)
{
    protected override Task<bool> RemovePieceAsync() => audit.RemoveAsync((time.GetUtcNow() - options.Retention).ToUnixTimeMilliseconds(), options.AtOnce);
}
