using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace MlActors.Benchmarks;

/// <summary>
/// Uploads of NDJSON over HTTP to a server in a process of its own, to one job and to four at once, until their 202 says that all is durable. The floor is
/// a server that parses the same bodies and drops them. The analysis runs meanwhile and holds acknowledgements back when it falls behind.
/// </summary>
internal static class IngestBenchmark
{
    private const long WarmUpRecords = 8_000_000;

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromHours(1) };

    public static async Task RunAsync(string[] args)
    {
        if (Options.Number(args, "--gb", 0) is > 0 and var gigabytes)
        {
            await MemoryAsync(gigabytes);
            return;
        }
        var (records, rounds) = (Options.Number(args, "--mb", 200) * 1_000_000L / UploadBody.RecordBytes, Options.Number(args, "--rounds", 3));
        foreach (var jobs in new[] { 1, 4 })
        {
            var (served, discarded) = (new List<double>(), new List<double>());
            for (var round = 1; round <= rounds; round++)
            {
                using var data = new TemporaryData();
                using (var server = await ChildProcess.ServeAsync(data.Path)) served.Add(await UploadAsync(server, "server", records, jobs));
                using (var floor = await ChildProcess.DiscardAsync()) discarded.Add(await UploadAsync(floor, "floor", records, jobs));
            }
            Text.Print($"median of {rounds}, {jobs} at once: {Measured.Median(served):#,0} records/s durable, floor {Measured.Median(discarded):#,0}, ratio {Measured.Median(served) / Measured.Median(discarded):F2}");
        }
    }

    // A fresh server; records beforehand, to other jobs, let the runtime compile and measure what it has compiled.
    private static async Task<double> UploadAsync(ChildProcess server, string name, long records, int jobs)
    {
        await PostAllAsync(server, "warm", WarmUpRecords, jobs);
        var (cpu, watch) = (server.CpuSeconds, Stopwatch.StartNew());
        await PostAllAsync(server, "job", records, jobs);
        var seconds = watch.Elapsed.TotalSeconds;
        Text.Print($"{name,-6} {records} records to {jobs}: {seconds:F2} s, {records / seconds:#,0} records/s, cpu of the server {(server.CpuSeconds - cpu) * 1e6 / records:F2} us/record");
        return records / seconds;
    }

    private static async Task MemoryAsync(int gigabytes)
    {
        using var data = new TemporaryData();
        using var server = await ChildProcess.ServeAsync(data.Path);
        await CreateAsync(server, "job-0");
        var before = server.ResidentMb();
        var records = gigabytes * 1_000_000_000L / UploadBody.RecordBytes;
        var (cpu, watch) = (server.CpuSeconds, Stopwatch.StartNew());
        await PostAsync(server.Url, "job-0", records);
        var (seconds, after) = (watch.Elapsed.TotalSeconds, server.ResidentMb());
        Text.Print($"{gigabytes} GB in {seconds:F1} s, {records / seconds:#,0} records/s, cpu of the server {server.CpuSeconds - cpu:F1} s");
        Text.Print($"resident {before.Now:F0} MB (peak {before.Peak:F0}) before, {after.Now:F0} MB (peak {after.Peak:F0}) after: peak grew by {after.Peak - before.Now:F0} MB");
    }

    private static Task PostAllAsync(ChildProcess server, string name, long records, int jobs) => Task.WhenAll(Enumerable.Range(0, jobs).Select(async job =>
    {
        await CreateAsync(server, Text.Of($"{name}-{job}"));
        await PostAsync(server.Url, Text.Of($"{name}-{job}"), records / jobs);
    }));

    // The floor knows no jobs and answers 404, which is as good.
    private static async Task CreateAsync(ChildProcess server, string job)
    {
        using var body = new StringContent(UploadBody.JobBody, Encoding.UTF8, "application/json");
        using var created = await Client.PutAsync($"{server.Url}/_ml/anomaly_detectors/{job}", body);
        using var opened = await Client.PostAsync($"{server.Url}/_ml/anomaly_detectors/{job}/_open", null);
    }

    /// <summary>Uploads records to a job of a server, which must take all of them.</summary>
    /// <param name="from">How many it has already.</param>
    public static async Task PostAsync(string url, string job, long records, long from = 0)
    {
        using var body = new UploadBody(records, from);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await Client.PostAsync($"{url}/_ml/anomaly_detectors/{job}/_data", body);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(text);
        using var counts = JsonDocument.Parse(text);
        var taken = counts.RootElement.GetProperty("processed_record_count").GetInt64();
        if (taken != records) throw new InvalidOperationException(Text.Of($"{taken} of {records} records were taken"));
    }
}
