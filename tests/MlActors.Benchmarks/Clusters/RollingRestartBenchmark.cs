using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http;
using MlActors.Node.Tests.Support;

namespace MlActors.Benchmarks.Clusters;

/// <summary>
/// Each node in turn is asked to stop (SIGTERM) and started again, while clients post to all jobs and read from them at the other nodes, and ask nothing twice. How many
/// requests failed, and how long they took; the floor is the same work for as long before the first node stops.
/// </summary>
internal static class RollingRestartBenchmark
{
    private const int Nodes = 3;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private enum Phase { Quiet, Rolling, Over }

    /// <summary>
    /// Options: <c>--rounds n</c> (3), how often all nodes restart; <c>--jobs n</c> (30); <c>--before folder</c>: the nodes start with the program that is there, so
    /// that the first round is an upgrade to this one; <c>--logs folder</c> (nowhere).
    /// </summary>
    public static async Task RunAsync(string[] args)
    {
        var report = new RunReport(0, Options.Word(args, "--logs"));
        await using var cluster = await RunningCluster.StartAsync(
            Nodes, report, "mlactors.jobs.max-open = 100\nakka.cluster.sharding.rebalance-interval = 1s", build: Options.Word(args, "--before"));
        var crowd = new Crowd(cluster, Options.Number(args, "--jobs", 30));
        await crowd.CreateAsync();
        await crowd.OpenAsync();
        await crowd.FeedAsync(0);

        var run = new Run(cluster);
        var clients = crowd.Ids.Select((job, i) => run.WorkAsync(job, i)).ToList();
        await Task.Delay(Quiet);
        run.Phase = Phase.Rolling;
        for (var round = 0; round < Options.Number(args, "--rounds", 3); round++)
        {
            foreach (var node in cluster.Nodes)
            {
                run.Stopping = node;
                var watch = Stopwatch.StartNew();
                await node.RestartAsync();
                Text.Print($"round {round + 1}: a node stopped and was a member again after {watch.Elapsed.TotalSeconds:F1} s");
                await cluster.WholeAsync();
            }
        }
        run.Phase = Phase.Over;
        await Task.WhenAll(clients);
        run.Print();
        if (run.Failures > 0) Environment.ExitCode = 1;
    }

    private sealed class Run(RunningCluster cluster)
    {
        private readonly ConcurrentBag<(Phase Phase, double Seconds)> _requests = [];
        private readonly ConcurrentQueue<string> _failures = new();
        private volatile SupervisedNode? _stopping;
        private volatile Phase _phase;

        public SupervisedNode? Stopping { set => _stopping = value; }

        public Phase Phase { set => _phase = value; }

        public int Failures => _failures.Count;

        public async Task WorkAsync(string job, int client)
        {
            for (var upload = 1; _phase != Phase.Over; upload++)
            {
                await AskAsync(client + upload, node => node.PostAsync(job, Text.Of($"upload-{upload}"), Crowd.Records(upload)));
                if (upload % 5 == 0) await AskAsync(client + upload, node => node.SendAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{job}/results/buckets"));
                if (upload % 5 == 1) await AskAsync(client + upload, node => node.SendAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{job}/_stats"));
                await Task.Delay(Pause);
            }
        }

        public void Print()
        {
            foreach (var phase in _requests.GroupBy(request => request.Phase).OrderBy(phase => phase.Key))
            {
                var seconds = phase.Select(request => request.Seconds).Order().ToList();
                Text.Print($"{phase.Key,-8} {seconds.Count,7} requests: median {seconds[seconds.Count / 2] * 1000:F1} ms, 99 % {seconds[seconds.Count * 99 / 100] * 1000:F0} ms, longest {seconds[^1]:F2} s");
            }
            Text.Print($"{Failures} requests failed");
            foreach (var failure in _failures.Take(20)) Console.WriteLine("  " + failure);
        }

        private async Task AskAsync(int turn, Func<MlClient, Task<Answer>> ask)
        {
            var (stopping, phase) = (_stopping, _phase);
            var nodes = cluster.Nodes.Where(node => node != stopping).ToList();
            var watch = Stopwatch.StartNew();
            try
            {
                Crowd.Expect(await ask(nodes[turn % nodes.Count].Client));
            }
            catch (Exception cause) when (cause is HttpRequestException or IOException or InvalidOperationException)
            {
                _failures.Enqueue(Text.Of($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} after {watch.Elapsed.TotalSeconds:F2} s: {cause.Message}"));
            }
            _requests.Add((phase, watch.Elapsed.TotalSeconds));
        }
    }
}
