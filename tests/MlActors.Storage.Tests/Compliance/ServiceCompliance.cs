using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;

namespace MlActors.Storage.Tests.Compliance;

/// <summary>What the operator of a store relies on: its check and its backup.</summary>
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

    [Fact]
    public async Task A_backup_taken_under_load_holds_a_consistent_moment()
    {
        // Each group puts the same number into two rows; a copy that is torn would show two different ones.
        using var enough = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var n = 1; !enough.IsCancellationRequested; n++)
                await WriteAsync(Make.Input("a", n, new byte[2000]), new PutStatus(Make.Status("a") with { InputSeq = n }));
        });
        while (!load.IsFaulted && await Storage.Jobs.ReadStatusAsync("a") is not { InputSeq: > 50 }) await Task.Yield();
        await Storage.Events.AppendAsync("job-a", [new LoggedEvent(1, new JobOpened(1))], []);

        var path = Subject.NewPath("backup.db");
        await Storage.BackupAsync(path);
        await enough.CancelAsync();
        await load;

        await using var copy = await Subject.OpenBackupAsync(path);
        var status = await copy.Jobs.ReadStatusAsync("a");
        status!.InputSeq.ShouldBeGreaterThan(50);
        (await copy.Jobs.ReadInputsAsync("a", 0, int.MaxValue)).Count.ShouldBe((int)status.InputSeq);
        (await copy.Events.ReadHighestSequenceNrAsync("job-a")).ShouldBe(1);
        await copy.Jobs.WriteAsync([Make.Input("a", status.InputSeq + 1, 1)]);
    }

    [Fact]
    public async Task A_backup_does_not_overwrite_a_file()
    {
        var path = Subject.NewPath("backup.db");
        await File.WriteAllTextAsync(path, "precious");
        (await Should.ThrowAsync<StoreException>(() => Storage.BackupAsync(path))).Message.ShouldContain(path);
        (await File.ReadAllTextAsync(path)).ShouldBe("precious");
    }

    [Fact]
    public async Task A_backup_that_cannot_be_written_leaves_no_file()
    {
        var path = Path.Combine(Subject.NewPath("no-such-directory"), "backup.db");
        await Should.ThrowAsync<StoreException>(() => Storage.BackupAsync(path));
        File.Exists(path).ShouldBeFalse();
    }
}
