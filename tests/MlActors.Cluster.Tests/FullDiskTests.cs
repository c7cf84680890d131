using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>There is no room any more on a disk: of the database, or of a node.</summary>
[Collection(OnDatabase.Name)]
public sealed class FullDiskTests(SharedDatabase shared)
{
    private const int DatabaseMegabytes = 120;

    [SmallDiskFact]
    public async Task A_database_without_room_refuses_what_is_new_and_when_there_is_room_all_goes_on()
    {
        var place = Directory.CreateTempSubdirectory("mlactors-small-disk-").FullName;
        using (var disk = SmallDisk.TryMount(place, DatabaseMegabytes).ShouldNotBeNull())
        await using (var database = new Owned(await SharedDatabase.OnDiskAsync(disk.Root)))
        await using (var nodes = new Nodes(database.Server))
        {
            var all = await nodes.StartAsync(3);
            foreach (var node in all) await Nodes.SeesAsync(node, 3);
            await using var load = new Load(nodes, all);
            await load.OpenAsync();
            await load.PostAsync(0, 3);

            var filler = disk.Fill();
            var posted = load.PostAsync(3, 9);
            // All who post are refused, and go on asking.
            await Poll.UntilAsync(() => Task.FromResult(load.Refusals.Count), refusals => refusals > 30);
            load.Refusals.ShouldAllBe(reason => reason.EndsWith("none of it was taken: The disk of the database is full; nothing was written.", StringComparison.Ordinal));
            var looks = load.Looks;
            await Poll.UntilAsync(() => Task.FromResult(load.Looks), now => now > looks + 10);
            posted.IsCompleted.ShouldBeFalse();
            File.Delete(filler);

            await posted;
            await load.PostAsync(9, 12);
            foreach (var node in all) await Nodes.SeesAsync(node, 3);
            await load.ShouldHaveBeenAnalysedOnceAsync();
        }
        Directory.Delete(place);
    }

    [SmallDiskFact]
    public async Task A_node_needs_no_room_on_its_disk()
    {
        var place = Directory.CreateTempSubdirectory("mlactors-small-disk-").FullName;
        using (var disk = SmallDisk.TryMount(place, 1).ShouldNotBeNull())
        await using (var nodes = new Nodes(shared))
        {
            var full = await nodes.StartAsync(folder: disk.Root);
            await Nodes.PutAndOpenAsync(full);
            disk.Fill();
            var other = await nodes.StartAsync();
            await Nodes.SeesAsync(other, 2);
            await Nodes.PostAsync(full, 0, 6);
            (await nodes.OwnerAsync(other)).Id.ShouldBe(full.Id);
            await Nodes.PostAsync(other, 6, 12);
            (await full.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
            (await nodes.OutcomeAsync(full)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
        }
        Directory.Delete(place);
    }

    private sealed record Owned(SharedDatabase Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Server.DisposeAsync();
    }
}
