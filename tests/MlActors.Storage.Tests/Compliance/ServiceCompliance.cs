namespace MlActors.Storage.Tests.Compliance;

/// <summary>What the operator of a store relies on: its check. A backup is a matter of the embedded database; the other is copied by its own tool.</summary>
public abstract class ServiceCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task A_sound_store_says_so_after_a_real_write_and_read()
    {
        var health = await Storage.CheckAsync(TimeSpan.FromSeconds(30));
        health.Healthy.ShouldBeTrue(health.Problem);
        health.WriteTime.ShouldBeGreaterThan(TimeSpan.Zero);
        health.ReadTime.ShouldBeGreaterThan(TimeSpan.Zero);
        (health.DatabaseBytes + health.LogBytes).ShouldBeGreaterThan(0);
        health.FreeBytes.ShouldNotBe(0, "-1 where nobody knows");
    }

    [Fact]
    public async Task A_closed_store_is_not_healthy()
    {
        await Storage.DisposeAsync();
        var health = await Storage.CheckAsync(TimeSpan.FromSeconds(30));
        health.Healthy.ShouldBeFalse();
        health.Problem.ShouldNotBeNull().ShouldContain("closed");
        await ReopenAsync();
    }
}
