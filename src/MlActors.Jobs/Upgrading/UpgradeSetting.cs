namespace MlActors.Jobs.Upgrading;

/// <summary>Whether upgrade mode is on, as it is stored.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="ChangedMs">When it was changed last: wall-clock epoch milliseconds, 0 for never.</param>
public sealed record UpgradeSetting(bool Enabled, long Version, long ChangedMs)
{
    /// <summary>Why a job that is opening or open is on no node.</summary>
    public const string Explanation = "no work is done while upgrade mode is on; it goes on when upgrade mode ends";

    /// <summary>Before it was ever set.</summary>
    public static UpgradeSetting Never { get; } = new(false, 0, 0);
}

/// <summary>Where the setting is kept.</summary>
public interface IUpgradeStore
{
    Task<UpgradeSetting> ReadAsync();

    /// <summary>Changes nothing, also not the version, when it is so already.</summary>
    /// <returns>What is stored then.</returns>
    Task<UpgradeSetting> WriteAsync(bool enabled, long nowMs);
}

/// <summary>What this node knows of the setting. Jobs look at it whenever they would begin something.</summary>
public sealed class UpgradeSwitch
{
    private volatile UpgradeSetting _setting = UpgradeSetting.Never;

    public UpgradeSetting Setting => _setting;

    public bool IsOn => _setting.Enabled;

    /// <summary>Takes what is newer.</summary>
    /// <returns>Whether it is.</returns>
    internal bool Turn(UpgradeSetting setting)
    {
        if (setting.Version <= _setting.Version) return false;
        _setting = setting;
        return true;
    }
}
