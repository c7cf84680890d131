using MlActors.Jobs.Upgrading;

namespace MlActors.Storage.Tests.Compliance;

public abstract class UpgradeCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task Upgrade_mode_is_off_until_it_is_set_and_its_version_rises_with_each_change_only()
    {
        (await Storage.Upgrades.ReadAsync()).ShouldBe(UpgradeSetting.Never);
        (await Storage.Upgrades.WriteAsync(enabled: false, 5)).ShouldBe(UpgradeSetting.Never);
        (await Storage.Upgrades.WriteAsync(enabled: true, 6)).ShouldBe(new UpgradeSetting(true, 1, 6));
        (await Storage.Upgrades.WriteAsync(enabled: true, 7)).ShouldBe(new UpgradeSetting(true, 1, 6));
        (await Storage.Upgrades.WriteAsync(enabled: false, 8)).ShouldBe(new UpgradeSetting(false, 2, 8));
        (await Storage.Upgrades.ReadAsync()).ShouldBe(new UpgradeSetting(false, 2, 8));
    }
}
