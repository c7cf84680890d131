using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

public abstract class SnapshotCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task A_snapshot_comes_back_as_it_was_written()
    {
        var snapshot = Make.Snapshot("a", "1700000000") with { Retain = true };
        await WriteAsync(new PutSnapshot(snapshot, [1, 2, 3]));
        var stored = await Storage.Jobs.ReadSnapshotAsync("a", "1700000000");
        stored!.Snapshot.ShouldBe(snapshot);
        stored.State.ShouldBe([1, 2, 3]);
        (await Storage.Jobs.ListSnapshotsAsync("a")).ShouldBe([snapshot]);
        (await Storage.Jobs.ReadSnapshotAsync("a", "1")).ShouldBeNull();
        (await Storage.Jobs.ReadSnapshotAsync("b", "1700000000")).ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8 << 20)]
    [InlineData((16 << 20) + 7)]
    public async Task A_state_of_any_size_comes_back_whole(int size)
    {
        var state = new byte[size];
        Random.Shared.NextBytes(state);
        await WriteAsync(new PutSnapshot(Make.Snapshot("a", "1"), state));
        (await Storage.Jobs.ReadSnapshotAsync("a", "1"))!.State.AsSpan().SequenceEqual(state).ShouldBeTrue();
        await WriteAsync(new PutSnapshot(Make.Snapshot("a", "1"), [5]));
        (await Storage.Jobs.ReadSnapshotAsync("a", "1"))!.State.ShouldBe([5], "a smaller state replaces a larger one completely");
        await WriteAsync(new PutSnapshot(Make.Snapshot("a", "1"), state), new DeleteSnapshot("a", "1"));
        (await Storage.Jobs.HasWorkAsync("a")).ShouldBeFalse();
    }

    [Fact]
    public async Task Snapshots_are_listed_newest_first()
    {
        await WriteAsync(
            new PutSnapshot(Make.Snapshot("a", "9", 1_000), [1]), new PutSnapshot(Make.Snapshot("a", "8", 3_000), [1]),
            new PutSnapshot(Make.Snapshot("a", "10", 1_000), [1]), new PutSnapshot(Make.Snapshot("b", "11", 9_000), [1]));
        (await Storage.Jobs.ListSnapshotsAsync("a")).Select(snapshot => snapshot.SnapshotId).ShouldBe(["8", "10", "9"]);
        (await Storage.Jobs.ListSnapshotsAsync("none")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_changes_description_and_retention_alone()
    {
        var snapshot = Make.Snapshot("a", "1");
        await WriteAsync(new PutSnapshot(snapshot, [1]));
        await WriteAsync(new UpdateSnapshot("a", "1", null, true));
        (await Storage.Jobs.ListSnapshotsAsync("a")).ShouldBe([snapshot with { Retain = true }]);
        await WriteAsync(new UpdateSnapshot("a", "1", "mine", null));
        (await Storage.Jobs.ReadSnapshotAsync("a", "1"))!.Snapshot.ShouldBe(snapshot with { Retain = true, Description = "mine" });
        await WriteAsync(new UpdateSnapshot("a", "1", "", false));
        (await Storage.Jobs.ListSnapshotsAsync("a")).ShouldBe([snapshot with { Description = "" }]);
    }

    [Fact]
    public async Task Changing_a_snapshot_that_is_not_there_is_refused() =>
        (await Should.ThrowAsync<StoreException>(() => WriteAsync(new UpdateSnapshot("a", "1", "x", null)))).Failure.ShouldBe(StoreFailure.Conflict);

    [Fact]
    public async Task Deleting_a_snapshot_leaves_the_others_and_may_be_repeated()
    {
        await WriteAsync(new PutSnapshot(Make.Snapshot("a", "1"), [1]), new PutSnapshot(Make.Snapshot("a", "2"), [2]));
        await WriteAsync(new DeleteSnapshot("a", "1"));
        await WriteAsync(new DeleteSnapshot("a", "1"));
        (await Storage.Jobs.ListSnapshotsAsync("a")).Single().SnapshotId.ShouldBe("2");
    }
}
