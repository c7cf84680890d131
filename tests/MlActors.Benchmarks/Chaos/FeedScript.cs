using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MlActors.Benchmarks.Clusters;

namespace MlActors.Benchmarks.Chaos;

/// <summary>Somebody who lets a datafeed read the same documents again and again, each time from the beginning to its end, at which the job closes.</summary>
internal sealed class FeedScript(string job, int seed, ChaosClient client, RunReport report)
{
    private const string Index = "chaos-documents";
    private const int Documents = 4000;
    private const long Start = 1_700_006_430;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Random _random = new(seed);

    public string Job => job;

    private string Path => "/_ml/anomaly_detectors/" + job;

    private string Feed => "/_ml/datafeeds/" + job;

    /// <summary>The documents that all read.</summary>
    public static async Task FillAsync(ChaosClient client)
    {
        await client.ExpectAsync(HttpMethod.Put, "/" + Index, """{"mappings":{"properties":{"@timestamp":{"type":"date"}}}}""");
        var (text, random) = (new StringBuilder(), new Random(11));
        for (var i = 0; i < Documents; i++)
        {
            var value = 20 + random.NextDouble() + (i % 1000 < 20 ? 300 : 0);
            text.Append(Text.Of($"{{\"create\":{{\"_id\":\"{i}\"}}}}")).Append('\n')
                .Append(Text.Of($$"""{"@timestamp":{{(Start + (i * 10)) * 1000}},"host":"host-{{i % 3}}","value":{{value:F3}}}""")).Append('\n');
        }
        var answer = await client.ExpectAsync(HttpMethod.Post, $"/{Index}/_bulk", text.ToString());
        if ((bool)answer.Body["errors"]!) throw new InvalidOperationException(answer.Body.ToJsonString()[..500]);
    }

    public Task CreateAsync() => client.ExpectAsync(HttpMethod.Put, Path, """
        {"analysis_config":{"bucket_span":"60s","influencers":["host"],"detectors":[{"function":"mean","field_name":"value","partition_field_name":"host"}]},
         "data_description":{"time_field":"@timestamp"},"datafeed_config":{"indices":["chaos-documents"],"scroll_size":200}}
        """);

    public async Task RunAsync(CancellationToken stop)
    {
        await CreateAsync();
        while (!stop.IsCancellationRequested)
        {
            await client.ExpectAsync(HttpMethod.Post, Path + "/_reset");
            await ReadAsync(interrupt: _random.Next(3) == 0);
            await Task.WhenAny(Task.Delay(_random.Next(3000), stop));
        }
    }

    /// <summary>Reads everything into a job that is new.</summary>
    public async Task ReadAsync(bool interrupt)
    {
        if (interrupt)
        {
            await StartAsync();
            await Task.Delay(_random.Next(1500));
            await StopAsync();
            await ClosedAsync();
        }
        await StartAsync();
        var stats = await ClosedAsync();
        report.Count("  datafeeds at their end");
        if ((long)stats["data_counts"]!["processed_record_count"]! != Documents) report.Violation($"the datafeed read {Documents} documents, its job is {stats.ToJsonString()}");
    }

    private async Task StartAsync()
    {
        await OpenAsync();
        var start = TimeProvider.System.GetTimestamp();
        for (var late = false; ; late = true)
        {
            var (answer, repeated) = await client.SendAsync(HttpMethod.Post, Text.Of($"{Feed}/_start?start=0&end={(Start + (Documents * 10)) * 1000}"));
            // A conflict: started by a try before; it may even be at its end.
            if (answer.Status == HttpStatusCode.OK || ((late || repeated) && answer.Status == HttpStatusCode.Conflict)) return;
            if (answer.Status != HttpStatusCode.RequestTimeout || TimeProvider.System.GetElapsedTime(start) > Patience)
                throw new InvalidOperationException($"starting {job}: {(int)answer.Status} {answer.Body.ToJsonString()}; the last messages are {await client.LastMessagesAsync(job)}");
            report.Count("  starts that took longer than their timeout");
        }
    }

    /// <summary>Stops the datafeed, which closes the job, as it has an end.</summary>
    private async Task StopAsync()
    {
        var (answer, _) = await client.SendAsync(HttpMethod.Post, Feed + "/_stop");
        // The time of the request is over, and it goes on in the background.
        if (answer.Status == HttpStatusCode.RequestTimeout) report.Count("  stops that took longer than their timeout");
        else if (answer.Status != HttpStatusCode.OK) throw new InvalidOperationException($"stopping {job}: {(int)answer.Status} {answer.Body.ToJsonString()}");
    }

    private async Task OpenAsync()
    {
        // Also after a reset that was asked for twice: the first copy is not carried out when the second was answered.
        var (answer, repeated) = await client.SendAsync(HttpMethod.Post, Path + "/_open");
        if (answer.Status != HttpStatusCode.OK && !(repeated && await client.StateAsync(job) == "opened"))
            throw new InvalidOperationException($"opening {job}: {(int)answer.Status} {answer.Body.ToJsonString()}; the last messages are {await client.LastMessagesAsync(job)}");
    }

    private async Task<JsonNode> ClosedAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var stats = (await client.ExpectAsync(HttpMethod.Get, Path + "/_stats")).Body["jobs"]![0]!;
            if ((string?)stats["state"] == "closed") return stats;
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                var feed = (await client.ExpectAsync(HttpMethod.Get, Feed + "/_stats")).Body;
                throw new NoAnswerException($"the job of a datafeed with an end is {stats.ToJsonString()}, and not closed after {Patience}; {feed.ToJsonString()}");
            }
            await Task.Delay(Look);
        }
    }
}
