using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class FullDiskTests
{
    private const int DiskMegabytes = 40;
    private const int FillerMegabytes = 24;
    private const int RecordsPerPiece = 6000;

    [SmallDiskFact]
    public async Task A_disk_with_little_room_is_reported_while_writes_still_succeed()
    {
        using var space = new Workspace();
        using var disk = SmallDisk.TryMount(space["disk"], DiskMegabytes).ShouldNotBeNull();
        var data = Path.Combine(disk.Root, "data");

        var check = await ServerProcess.RunAsync("check", "--data", data);
        check.ExitCode.ShouldBe(1);
        check.Error.ShouldMatch($"Only [0-9]+ MiB are free where {data} lives; make room, at least 64 MiB");
        check.Error.ShouldNotContain("   at ");

        await using var server = ServerProcess.Start(data, config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        var health = (await client.SendAsync(HttpMethod.Get, "/_cluster/health")).Expect(HttpStatusCode.OK);
        ((string)health["status"]!).ShouldBe("red");
        ((string)health["problem"]!).ShouldContain("MiB are free");
        (await client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
    }

    [SmallDiskFact]
    public async Task A_full_disk_refuses_records_and_what_was_accepted_is_counted_once_there_is_room_again()
    {
        using var space = new Workspace();
        using var disk = SmallDisk.TryMount(space["disk"], DiskMegabytes).ShouldNotBeNull();
        var filler = Path.Combine(disk.Root, "filler");
        await File.WriteAllBytesAsync(filler, new byte[FillerMegabytes << 20]);
        var pieces = Workload.Generate(200, RecordsPerPiece);
        await using var server = ServerProcess.Start(Path.Combine(disk.Root, "data"), config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        (await client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
        (await client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);

        var accepted = 0;
        Answer? refused = null;
        while (refused is null && accepted < pieces.Count)
        {
            var answer = await client.PostAsync(Workload.Job, $"piece-{accepted}", pieces[accepted]);
            if (answer.Status == HttpStatusCode.Accepted) accepted++;
            else refused = answer;
        }
        accepted.ShouldBeInRange(1, pieces.Count - 20);
        refused!.Expect(HttpStatusCode.ServiceUnavailable);
        (await client.SendAsync(HttpMethod.Get, "/_ml/info")).Expect(HttpStatusCode.OK);
        (await client.StateAsync(Workload.Job)).ShouldBe("opened");

        File.Delete(filler);
        for (var last = accepted + 3; accepted < last; accepted++)
        {
            var piece = accepted;
            await Poll.UntilAsync(
                async () => (await client.PostAsync(Workload.Job, $"piece-{piece}", pieces[piece])).Status, status => status == HttpStatusCode.Accepted);
        }
        (await client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        var counts = (await client.StatsAsync(Workload.Job))["data_counts"]!;
        ((long)counts["processed_record_count"]!).ShouldBe(accepted * RecordsPerPiece);
        (await client.StateAsync(Workload.Job)).ShouldBe("closed");
    }
}
