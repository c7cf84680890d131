namespace MlActors.Jobs.Upgrading;

/// <summary>Upgrade mode, for everything outside the actor system.</summary>
public interface IUpgradeMode
{
    /// <summary>What this node knows.</summary>
    UpgradeSetting Current { get; }

    /// <summary>Stores the setting, and waits until the jobs of all nodes follow it.</summary>
    Task<UpgradeChange> SetAsync(bool enabled, TimeSpan timeout, CancellationToken cancellation);
}

/// <summary>How far a change has come.</summary>
/// <param name="Behind">Nodes that did not say in time that their jobs follow; they go on doing it.</param>
/// <param name="Superseded">Whether somebody has set the opposite meanwhile.</param>
public sealed record UpgradeChange(IReadOnlyList<string> Behind, bool Superseded);

internal sealed class UpgradeMode(IUpgradeStore store, UpgradeSwitch @switch, NodesClient nodes, TimeProvider time) : IUpgradeMode
{
    public UpgradeSetting Current => @switch.Setting;

    public async Task<UpgradeChange> SetAsync(bool enabled, TimeSpan timeout, CancellationToken cancellation)
    {
        var setting = await store.WriteAsync(enabled, time.GetUtcNow().ToUnixTimeMilliseconds());
        var answers = await nodes.AskAsync<UpgradeModeReached>(UpgradeFollower.Name, new ReachUpgradeMode(setting.Version), timeout, cancellation);
        return new UpgradeChange([.. answers.Where(answer => answer.Reply is null).Select(answer => answer.Address)],
            answers.Any(answer => answer.Reply is { } reply && reply.Enabled != enabled));
    }
}
