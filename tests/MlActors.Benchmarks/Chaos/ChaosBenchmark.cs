using MlActors.Benchmarks.Clusters;
using MlActors.Node.Tests.Support;

namespace MlActors.Benchmarks.Chaos;

/// <summary>
/// Three nodes on a PostgreSQL server, a random workload, and a random fault every few seconds. When it is over, each job must be what a single server makes
/// of the same uploads without any fault: counts, results and model to the bit. Faults and workload follow from the seed, as far as real processes allow.
/// </summary>
internal static class ChaosBenchmark
{
    private const int Nodes = 3;
    private const int Groups = 4;
    private const int JobsOfGroup = 3;
    private const int Feeds = 2;

    // Few jobs fill a node, so that they are spread soon after a node has come.
    private const string Settings =
        """
        mlactors.log-level = info
        mlactors.jobs.checkpoint-after-inputs = 5
        mlactors.jobs.max-open = 20
        akka.cluster.sharding.rebalance-interval = 1s
        """;

    /// <summary>Options: <c>--minutes n</c> (5), <c>--seed n</c> (1), <c>--logs folder</c> (nowhere).</summary>
    public static async Task RunAsync(string[] args)
    {
        var (seed, length) = (Options.Number(args, "--seed", 1), TimeSpan.FromMinutes(Options.Number(args, "--minutes", 5)));
        var (report, failovers) = (new RunReport(seed, Options.Word(args, "--logs")), new Failovers());
        await using (var cluster = await RunningCluster.StartAsync(Nodes, report, Settings))
        {
            MlClient[] gateways = [.. cluster.Nodes.Select(node => node.Client)];
            var jobs = Enumerable.Range(0, Groups * JobsOfGroup).Select(i =>
                new JobScript(Text.Of($"group{i / JobsOfGroup}-{i % JobsOfGroup}"), (seed * 100) + i, ClientOf(i), failovers, report)).ToList();
            var feeds = Enumerable.Range(0, Feeds).Select(i => new FeedScript(Text.Of($"feed-{i}"), (seed * 100) + 50 + i, ClientOf(50 + i), report)).ToList();
            await FeedScript.FillAsync(ClientOf(90));

            using var over = new CancellationTokenSource(length);
            List<Task> work = [.. jobs.Select(job => job.RunAsync(over.Token)), .. feeds.Select(feed => feed.RunAsync(over.Token))];
            work.AddRange(jobs.Chunk(JobsOfGroup).Select((group, i) => SweepAsync(Text.Of($"group{i}-*"), group, ClientOf(60 + i), new Random(seed + i), report, over.Token)));
            await Task.WhenAll([TroubleAsync(cluster, Fault.Plan(seed, length, Nodes), failovers, report), .. work.Select(task => NoticeAsync(task, report))]);

            await NoticeAsync(CompareAsync(cluster, jobs, feeds, report), report);
            foreach (var job in jobs) job.Dispose();

            ChaosClient ClientOf(int i) => new(gateways, new Random((seed * 1000) + i), report);
        }
        report.Print();
        failovers.Print();
        if (report.Violations > 0) Environment.ExitCode = 1;
    }

    /// <summary>Closes the jobs of a group by one request from time to time.</summary>
    private static async Task SweepAsync(string pattern, JobScript[] jobs, ChaosClient client, Random random, RunReport report, CancellationToken stop)
    {
        while (true)
        {
            await Task.WhenAny(Task.Delay(random.Next(10_000, 40_000), stop));
            if (stop.IsCancellationRequested) return;
            var held = new List<IDisposable>();
            foreach (var job in jobs) held.Add(await job.HoldAsync());
            try
            {
                await client.ExpectAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{pattern}/_close");
                report.Count("  closes by wildcard");
            }
            finally
            {
                held.ForEach(job => job.Dispose());
            }
        }
    }

    private static async Task TroubleAsync(RunningCluster cluster, IReadOnlyList<Fault> plan, Failovers failovers, RunReport report)
    {
        var (start, lasting) = (TimeProvider.System.GetTimestamp(), new List<Task>());
        foreach (var fault in plan)
        {
            if (fault.At - TimeProvider.System.GetElapsedTime(start) is { Ticks: > 0 } wait) await Task.Delay(wait);
            lasting.Add(NoticeAsync(InflictAsync(cluster, fault, failovers, report), report));
        }
        await Task.WhenAll(lasting);
    }

    private static async Task InflictAsync(RunningCluster cluster, Fault fault, Failovers failovers, RunReport report)
    {
        var jobs = await cluster.ConcernedAsync(fault);
        Console.WriteLine(Text.Of($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {fault.Kind} node {fault.Node} {(fault.Kind == FaultKind.Freeze ? fault.Length.TotalSeconds : 0):F0} s, {jobs.Count} open jobs"));
        var inflicted = cluster.InflictAsync(fault);
        if (!inflicted.IsCompleted || inflicted.Result) failovers.Hit(fault.Kind, jobs);
        report.Count(await inflicted ? $"faults: {fault.Kind}" : "faults for a node that was down already");
    }

    /// <summary>Lets the rest of the run go on when a part of it comes to its end too early.</summary>
    private static async Task NoticeAsync(Task part, RunReport report)
    {
        try
        {
            await part;
        }
        catch (Exception cause)
        {
            report.Violation(cause is NoAnswerException or InvalidOperationException or TimeoutException ? cause.Message : cause.ToString());
        }
    }

    private static async Task CompareAsync(RunningCluster cluster, List<JobScript> jobs, List<FeedScript> feeds, RunReport report)
    {
        await cluster.WholeAsync();
        var client = cluster.Nodes[0].Client;
        foreach (var job in jobs.Select(job => job.Job).Concat(feeds.Select(feed => feed.Job))) await NoticeAsync(RestsAsync(job), report);
        foreach (var job in jobs) await NoticeAsync(job.FinishAsync(), report);

        await using var store = cluster.Open();
        await using var replay = await Replay.StartAsync(report);
        foreach (var job in jobs) await NoticeAsync(CompareAsync(job), report);
        foreach (var feed in feeds) await NoticeAsync(CompareFeedAsync(feed), report);

        async Task RestsAsync(string job)
        {
            var state = await client.StateAsync(job);
            report.Count($"jobs at rest {state}");
            if (state is not ("opened" or "closed")) report.Violation($"a job that nobody touches is {state}");
        }

        async Task CompareAsync(JobScript job)
        {
            var outcome = await JobOutcome.ReadAsync(client, job.Job, store.Jobs);
            if (outcome.Records != job.Ledger.Records) report.Violation($"{job.Job} has {outcome.Records} records, and {job.Ledger.Records} were acknowledged");
            if (outcome.DifferenceTo(await replay.OfAsync(job.Ledger)) is { } difference) report.Violation($"{job.Job} has {difference}");
            else report.Count("jobs equal to their replay");
        }

        async Task CompareFeedAsync(FeedScript feed)
        {
            var outcome = await JobOutcome.ReadAsync(client, feed.Job, store.Jobs);
            if (outcome.DifferenceTo(await replay.OfFeedAsync(feed.Job)) is { } difference) report.Violation($"{feed.Job} has {difference}");
            else report.Count("jobs equal to their replay");
        }
    }
}
