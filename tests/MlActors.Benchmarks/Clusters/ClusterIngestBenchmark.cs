using System.Diagnostics;

namespace MlActors.Benchmarks.Clusters;

/// <summary>
/// The same uploads to three nodes on one machine and to one, with PostgreSQL: processor time of a record, of the nodes and of the database. Of three uploads to three
/// nodes one goes to the node that runs the job, and two go to the others. Both stand side by side and take turns, since a shared machine is slower at one time than at
/// another. The floor of three is one.
/// </summary>
internal static class ClusterIngestBenchmark
{
    private const long WarmUpRecords = 10_000_000;

    private static readonly string[] Jobs = [.. Enumerable.Range(0, 6).Select(job => Text.Of($"job-{job}"))];

    // An owner asks about all that comes in its first minute (decision 22); most live longer.
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(65);

    /// <summary>Options: <c>--mb n</c> (2000), <c>--rounds n</c> (15).</summary>
    public static async Task RunAsync(string[] args)
    {
        var (records, rounds) = (Options.Number(args, "--mb", 2000) * 1_000_000L / UploadBody.RecordBytes, Options.Number(args, "--rounds", 15));
        await using var one = await StartAsync(1);
        await using var three = await StartAsync(3);
        await Task.WhenAll(one.Grown, three.Grown);
        for (var round = 1; round <= rounds; round++)
        {
            await one.MeasureAsync(records);
            await three.MeasureAsync(records);
        }
        var (ofOne, ofThree) = (one.Settle(), three.Settle());
        var ratios = ofOne.Zip(ofThree, (a, b) => b / a).ToList();
        Text.Print($"median of {rounds}: processor time of a record at three nodes is {Measured.Median(ratios):F2} of that at one ({ratios.Min():F2} to {ratios.Max():F2})");
    }

    private static async Task<Receiver> StartAsync(int nodes)
    {
        var cluster = await RunningCluster.StartAsync(nodes, new RunReport(0), "mlactors.log-level = warning\nakka.cluster.sharding.rebalance-interval = 1s", durable: true);
        foreach (var job in Jobs)
        {
            Crowd.Expect(await cluster.Nodes[0].Client.PutAsync(job, UploadBody.JobBody));
            Crowd.Expect(await cluster.Nodes[0].Client.OpenAsync(job));
        }
        var receiver = new Receiver(cluster, Task.Delay(Youth));
        await receiver.UploadAsync(WarmUpRecords * nodes);
        return receiver;
    }

    /// <summary>Nodes with the jobs that take the uploads.</summary>
    /// <param name="Grown">Ends when no owner asks any more.</param>
    private sealed record Receiver(RunningCluster Cluster, Task Grown) : IAsyncDisposable
    {
        private readonly List<(double OfNodes, TimeSpan DatabaseBefore, long Records)> _rounds = [];
        private long _sent;

        public async Task MeasureAsync(long records)
        {
            var (before, watch) = (Cluster.ProcessorTime, Stopwatch.StartNew());
            var direct = await UploadAsync(records);
            var (seconds, ofNodes) = (watch.Elapsed.TotalSeconds, (Cluster.ProcessorTime.Nodes - before.Nodes).TotalMicroseconds / records);
            _rounds.Add((ofNodes, before.Database, records));
            Text.Print($"{Cluster.Nodes.Count} nodes, {direct} of {Jobs.Length} uploads to their job's node: {records} records in {seconds:F2} s, {records / seconds:#,0} records/s; {ofNodes:F3} us of a record at the nodes");
        }

        /// <summary>Microseconds of processor time of a record, in each round. To the database's belongs what it does later on, until its next turn.</summary>
        public IReadOnlyList<double> Settle()
        {
            var ends = _rounds.Skip(1).Select(round => round.DatabaseBefore).Append(Cluster.ProcessorTime.Database);
            var ofDatabase = _rounds.Zip(ends, (round, end) => (end - round.DatabaseBefore).TotalMicroseconds / round.Records).ToList();
            Text.Print($"{Cluster.Nodes.Count} nodes, median: {Measured.Median(_rounds.Select(round => round.OfNodes)):F3} us of a record at the nodes, {Measured.Median(ofDatabase):F3} us at the database");
            return [.. _rounds.Zip(ofDatabase, (round, database) => round.OfNodes + database)];
        }

        /// <returns>How many uploads went to the node that runs their job.</returns>
        public async Task<int> UploadAsync(long records)
        {
            // In the order of their owners: of two jobs of each of three nodes, two go to their own node and four to others, and each node takes two.
            var owners = await Cluster.OwnersAsync();
            var jobs = Jobs.OrderBy(job => owners[job]).ToList();
            await Task.WhenAll(jobs.Select((job, i) => IngestBenchmark.PostAsync(
                Cluster.Nodes[i % Cluster.Nodes.Count].Url.GetLeftPart(UriPartial.Authority), job, records / Jobs.Length, _sent / Jobs.Length)));
            _sent += records;
            foreach (var job in Jobs) Crowd.Expect(await Cluster.Nodes[0].Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{job}/_flush"));
            return jobs.Where((job, i) => owners[job] == i % Cluster.Nodes.Count).Count();
        }

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
