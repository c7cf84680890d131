using System.Globalization;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>The clock of one node is wrong: of the oldest, which looks after all jobs and runs some. It does so in a hurry.</summary>
[Collection(OnDatabase.Name)]
public sealed class ClockTests(SharedDatabase database)
{
    // What is told in hours of the clock must be more than it is wrong; nothing else may depend on it.
    private const string Hurry = """
        mlactors {
          maintenance { every = 1s, idle-job-auto-close-timeout = 2h }
          watchdog.every = 1s
        }
        """;

    [WrongClockTheory]
    [InlineData("+1h", 1)]
    [InlineData("-1h", -1)]
    public async Task A_node_whose_clock_is_an_hour_off_is_one_like_any_other(string off, int hours)
    {
        await using var nodes = new Nodes(database);
        var wrong = await nodes.StartAsync(settings: Hurry, before: WrongClock.Before(off));
        ClusterNode[] all = [wrong, .. await Task.WhenAll(nodes.StartAsync(settings: Hurry), nodes.StartAsync(settings: Hurry))];
        foreach (var node in all) await Nodes.SeesAsync(node, 3);
        // Its log has its time.
        var first = DateTimeOffset.Parse(wrong.Process.Said.Split(' ')[0], CultureInfo.InvariantCulture);
        Math.Round((first - TimeProvider.System.GetUtcNow()).TotalHours).ShouldBe(hours);
        await using var load = new Load(nodes, all);
        await load.OpenAsync();
        await load.PostAsync(0, 4);
        await IsLookedAtAsync(load);
        foreach (var node in all) await Nodes.SeesAsync(node, 3);

        // Those that are right look after the jobs of the one that is wrong.
        wrong.Process.Kill();
        await load.PostAsync(4, 8);
        await IsLookedAtAsync(load);
        await load.PostAsync(8, 12);
        await load.ShouldHaveBeenAnalysedOnceAsync();
    }

    // Clients that find each job open look as often as this in the time of some rounds of the maintenance and the watchdog.
    private static Task IsLookedAtAsync(Load load)
    {
        var enough = load.Looks + 90;
        return Poll.UntilAsync(() => Task.FromResult(load.Looks), looks => looks >= enough);
    }
}
