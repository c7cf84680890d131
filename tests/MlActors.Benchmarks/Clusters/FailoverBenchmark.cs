using System.Diagnostics;
using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Benchmarks.Clusters;

/// <summary>
/// SIGKILL of the node that runs most of the open jobs, and for each of them the time until a record that was posted after it is analysed at another node, by clients
/// that ask again what was answered with 503. The floor is the time until the others have agreed that it
/// is gone, which the settings decide.
/// </summary>
internal static class FailoverBenchmark
{
    private const int Nodes = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Options: <c>--rounds n</c> (10), <c>--jobs n</c> (30), <c>--logs folder</c> (nowhere), <c>--debug</c>: the logs tell what members and shards do.</summary>
    public static async Task RunAsync(string[] args)
    {
        var rounds = Options.Number(args, "--rounds", 10);
        var (samples, floors, report) = (new List<double>(), new List<double>(), new RunReport(0, Options.Word(args, "--logs")));
        var debug = args.Contains("--debug") ? "\nmlactors.log-level = debug" : "";
        await using (var cluster = await RunningCluster.StartAsync(Nodes, report, "mlactors.jobs.max-open = 100\nakka.cluster.sharding.rebalance-interval = 1s" + debug))
        {
            var crowd = new Crowd(cluster, Options.Number(args, "--jobs", 30));
            await crowd.CreateAsync();
            await crowd.OpenAsync();
            await crowd.FeedAsync(0);
            for (var round = 1; round <= rounds; round++)
            {
                var (taken, givenUp) = await KillAsync(cluster, crowd, round);
                Text.Print($"round {round}: {taken.Count} jobs, analysed elsewhere after {Measured.Median(taken):F2} s (longest {taken.Max():F2}), the node was given up after {givenUp:F2} s");
                samples.AddRange(taken);
                floors.Add(givenUp);
                await cluster.WholeAsync();
                await crowd.FeedAsync(round);
            }
        }
        var (median, floor) = (Measured.Median(samples), Measured.Median(floors));
        Text.Print($"{samples.Count} jobs in {rounds} deaths: median {median:F2} s, 95 % {samples.Order().ElementAt(samples.Count * 95 / 100):F2} s, longest {samples.Max():F2} s; floor {floor:F2} s, ratio {median / floor:F2}");
        report.Print();
    }

    private static async Task<(List<double> Taken, double GivenUp)> KillAsync(RunningCluster cluster, Crowd crowd, int round)
    {
        var owners = await crowd.OwnersAsync(cluster.Nodes[0].Client);
        var victim = cluster.Nodes.OrderByDescending(node => owners[node.Id!].Count()).First();
        var (jobs, others) = (owners[victim.Id!].ToList(), cluster.Nodes.Where(node => node != victim).ToList());
        var watch = Stopwatch.StartNew();
        var down = new TaskCompletionSource();
        victim.Kill(down.Task);
        var givenUp = GivenUpAsync(others[0].Client, watch);
        var taken = await Task.WhenAll(jobs.Select((job, i) => AnalysedAsync(others[i % others.Count].Client, job, round, watch)));
        down.SetResult();
        return ([.. taken], await givenUp);
    }

    private static async Task<double> GivenUpAsync(MlClient asked, Stopwatch watch)
    {
        while ((int)Crowd.Expect(await asked.SendAsync(HttpMethod.Get, "/_cluster/health"))["number_of_nodes"]! == Nodes) await Task.Delay(Pause);
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> AnalysedAsync(MlClient client, string job, int round, Stopwatch watch)
    {
        await UntilTakenAsync(() => client.PostAsync(job, Text.Of($"upload-{round}"), Crowd.Records(round)));
        await UntilTakenAsync(() => client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{job}/_flush"));
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task UntilTakenAsync(Func<Task<Answer>> ask)
    {
        while (true)
        {
            var answer = await ask();
            if (answer.Status != HttpStatusCode.ServiceUnavailable)
            {
                Crowd.Expect(answer);
                return;
            }
            await Task.Delay(Pause);
        }
    }
}
