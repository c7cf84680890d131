using MlActors.Jobs.Upgrading;

namespace MlActors.Gateway.Tests.Serving;

/// <summary>Stands in for the nodes that follow upgrade mode.</summary>
internal sealed class ScriptedUpgrade : IUpgradeMode
{
    /// <summary>How far each change comes.</summary>
    public UpgradeChange Change { get; set; } = new([], Superseded: false);

    public TimeSpan? Timeout { get; private set; }

    public UpgradeSetting Current { get; set; } = UpgradeSetting.Never;

    public Task<UpgradeChange> SetAsync(bool enabled, TimeSpan timeout, CancellationToken cancellation)
    {
        (Current, Timeout) = (new UpgradeSetting(enabled, Current.Version + 1, 0), timeout);
        return Task.FromResult(Change);
    }
}
