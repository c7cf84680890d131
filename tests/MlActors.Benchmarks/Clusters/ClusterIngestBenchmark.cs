using System.Diagnostics;

namespace MlActors.Benchmarks.Clusters;

/// <summary>
/// The same uploads to three nodes on one machine and to one, with PostgreSQL: processor time of a record, of the nodes and of the database. Of three uploads to three
/// nodes one goes to the node that runs the job, and two go to the others. The floor of three is one.
/// </summary>
internal static class ClusterIngestBenchmark
{
    private const long WarmUpRecords = 10_000_000;

    private static readonly string[] Jobs = [.. Enumerable.Range(0, 6).Select(job => Text.Of($"job-{job}"))];

    // An owner asks about all that comes in its first minute (decision 22); most live longer.
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(65);

    /// <summary>Options: <c>--mb n</c> (400), <c>--rounds n</c> (3).</summary>
    public static async Task RunAsync(string[] args)
    {
        var (records, rounds) = (Options.Number(args, "--mb", 400) * 1_000_000L / UploadBody.RecordBytes, Options.Number(args, "--rounds", 3));
        var ratios = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            var one = await MeasureAsync(1, records);
            ratios.Add(await MeasureAsync(3, records) / one);
        }
        Text.Print($"median of {rounds}: processor time of a record at three nodes is {Measured.Median(ratios):F2} of that at one");
    }

    /// <returns>Microseconds of processor time of a record.</returns>
    private static async Task<double> MeasureAsync(int nodes, long records)
    {
        await using var cluster = await RunningCluster.StartAsync(nodes, new RunReport(0), "mlactors.log-level = warning\nakka.cluster.sharding.rebalance-interval = 1s", durable: true);
        foreach (var job in Jobs)
        {
            Crowd.Expect(await cluster.Nodes[0].Client.PutAsync(job, UploadBody.JobBody));
            Crowd.Expect(await cluster.Nodes[0].Client.OpenAsync(job));
        }
        var grown = Task.Delay(Youth);
        await UploadAsync(cluster, WarmUpRecords * nodes, 0);
        await grown;
        var (before, watch) = (cluster.ProcessorTime, Stopwatch.StartNew());
        await UploadAsync(cluster, records, WarmUpRecords * nodes);
        var (seconds, after) = (watch.Elapsed.TotalSeconds, cluster.ProcessorTime);
        var (ofNodes, ofDatabase) = ((after.Nodes - before.Nodes).TotalMicroseconds / records, (after.Database - before.Database).TotalMicroseconds / records);
        Text.Print($"{nodes} nodes: {records} records in {seconds:F2} s, {records / seconds:#,0} records/s; processor time of a record {ofNodes:F2} us at the nodes, {ofDatabase:F2} us at the database");
        return ofNodes + ofDatabase;
    }

    private static async Task UploadAsync(RunningCluster cluster, long records, long from)
    {
        var owners = await cluster.OwnersAsync();
        await Task.WhenAll(Jobs.Select((job, i) => IngestBenchmark.PostAsync(
            cluster.Nodes[(owners[job] + i) % cluster.Nodes.Count].Url.GetLeftPart(UriPartial.Authority), job, records / Jobs.Length, from / Jobs.Length)));
        foreach (var job in Jobs) Crowd.Expect(await cluster.Nodes[0].Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{job}/_flush"));
    }
}
