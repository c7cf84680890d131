using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace MlActors.Benchmarks;

/// <summary>
/// What a thousand datafeeds cost that follow time and find nothing, at the default frequency of buckets of 15 minutes and at shorter ones: processor time
/// of the server, a process of its own. The floor is the same server with the same jobs open before any datafeed was started.
/// </summary>
internal static class DatafeedsIdleBenchmark
{
    private const int Documents = 1000;
    private const int AtOnce = 16;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // Half of the bucket span, the default; then harder ones. Seconds.
    private static readonly int[] DefaultFrequencies = [450, 60, 10];

    /// <summary>Options: <c>--jobs n</c> (1000), <c>--seconds n</c> (120; a whole frequency where that is longer), <c>--every n,n</c> (450,60,10).</summary>
    public static async Task RunAsync(string[] args)
    {
        var (jobs, seconds) = (Options.Number(args, "--jobs", 1000), Options.Number(args, "--seconds", 120));
        using var data = new TemporaryData();
        using var server = await ChildProcess.ServeAsync(data.Path);
        using var client = new ApiClient(server.Url);
        await FillAsync(client);
        string[] ids = [.. Enumerable.Range(0, jobs).Select(SampleJobs.Id)];
        await EachAsync(ids, async id =>
        {
            await client.SendAsync(HttpMethod.Put, "/_ml/anomaly_detectors/" + id, """
                {"analysis_config":{"bucket_span":"15m","detectors":[{"function":"mean","field_name":"value","by_field_name":"host"}]},
                 "data_description":{"time_field":"@timestamp"},"datafeed_config":{"indices":["idle"]}}
                """);
            await client.PostAsync($"/_ml/anomaly_detectors/{id}/_open");
        });
        Text.Print($"{jobs} jobs open, no datafeed: {await MeasureAsync(server, seconds):F2} % of one core; resident {server.ResidentMb().Now:F0} MB");
        foreach (var frequency in Options.Numbers(args, "--every", DefaultFrequencies))
        {
            await EachAsync(ids, async id =>
            {
                await client.PostAsync($"/_ml/datafeeds/{id}/_stop");
                await client.PostAsync($"/_ml/datafeeds/{id}/_update", Text.Of($$"""{"frequency":"{{frequency}}s"}"""));
                await client.PostAsync($"/_ml/datafeeds/{id}/_start");
            });
            await CaughtUpAsync(client, jobs);
            var searches = await SearchesAsync(client);
            var share = await MeasureAsync(server, Math.Max(seconds, frequency));
            searches = await SearchesAsync(client) - searches;
            Text.Print($"{jobs} datafeeds that look every {frequency} s: {share:F2} % of one core, {searches} searches in {Math.Max(seconds, frequency)} s; resident {server.ResidentMb().Now:F0} MB (goal 5 % at the default frequency)");
        }
    }

    private static async Task FillAsync(ApiClient client)
    {
        await client.SendAsync(HttpMethod.Put, "/idle", """{"mappings":{"properties":{"@timestamp":{"type":"date"}}}}""");
        var (text, now) = (new StringBuilder(), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        for (var i = 0; i < Documents; i++)
            text.Append("{\"create\":{}}\n").Append(Text.Of($$"""{"@timestamp":{{now - 7_200_000 + (i * 5000)}},"value":{{i % 17}},"host":"host-{{i % 5}}"}""")).Append('\n');
        await client.PostAsync("/idle/_bulk", text.ToString());
    }

    private static Task EachAsync(string[] ids, Func<string, Task> work) =>
        Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (id, _) => await work(id));

    private static async Task CaughtUpAsync(ApiClient client, int jobs)
    {
        while ((await StatsAsync(client)).Count(feed => feed.TryGetProperty("running_state", out var state) && state.GetProperty("real_time_running").GetBoolean()) < jobs)
            await Task.Delay(Look);
    }

    private static async Task<long> SearchesAsync(ApiClient client) =>
        (await StatsAsync(client)).Sum(feed => feed.GetProperty("timing_stats").GetProperty("search_count").GetInt64());

    private static async Task<JsonElement.ArrayEnumerator> StatsAsync(ApiClient client) =>
        (await client.GetAsync("/_ml/datafeeds/_all/_stats")).GetProperty("datafeeds").EnumerateArray();

    /// <returns>Processor time of the server, percent of one core.</returns>
    private static async Task<double> MeasureAsync(ChildProcess server, int seconds)
    {
        // What was done before has to be over: snapshots, collections.
        await Task.Delay(TimeSpan.FromSeconds(5));
        var (cpu, watch) = (server.CpuSeconds, Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        return (server.CpuSeconds - cpu) / watch.Elapsed.TotalSeconds * 100;
    }
}
