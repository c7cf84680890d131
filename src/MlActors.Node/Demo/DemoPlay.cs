using System.Text.Json;
using Spectre.Console;

namespace MlActors.Node.Demo;

/// <summary>Plays the demonstration against a running server: two jobs of a group live through a week of the web shop.</summary>
internal sealed class DemoPlay(Uri server, IAnsiConsole console)
{
    private const string Group = "webshop";

    private static readonly (string Id, string Config)[] Jobs =
    [
        ("demo-response-times", """
            {"description":"Demonstration: response times of the web shop","groups":["webshop"],
             "analysis_config":{"bucket_span":"15m","influencers":["service","country"],
               "detectors":[{"function":"high_mean","field_name":"response_ms","by_field_name":"service"}]},
             "data_description":{"time_field":"time","time_format":"epoch"}}
            """),
        ("demo-orders", """
            {"description":"Demonstration: orders and errors of the web shop","groups":["webshop"],
             "analysis_config":{"bucket_span":"15m","influencers":["service","country"],
               "detectors":[{"function":"sum","field_name":"orders","partition_field_name":"country"},
                            {"function":"high_sum","field_name":"errors","by_field_name":"service"}]},
             "data_description":{"time_field":"time","time_format":"epoch"}}
            """),
    ];

    /// <summary>Makes the jobs, feeds them, closes the group, and prints what was found.</summary>
    internal async Task RunAsync()
    {
        using var client = new DemoClient(server);
        var week = new WebShop().Week().ToList();
        await console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).StartAsync(async progress =>
        {
            foreach (var (id, config) in Jobs)
            {
                await client.DeleteAsync(id);
                await client.SendAsync(HttpMethod.Put, $"/_ml/anomaly_detectors/{id}", config);
                await client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{id}/_open");
                var task = progress.AddTask($"{week.Count:N0} records to {id}", maxValue: week.Count);
                await client.PostAsync(id, stream => WriteAsync(stream, week, task));
            }
            var close = progress.AddTask($"closing the group {Group}", maxValue: 1);
            await client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Group}/_close");
            close.Increment(1);
        });
        var report = new DemoReport(console);
        foreach (var (id, _) in Jobs)
        {
            var records = await client.SendAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{id}/results/records?record_score=50&size=8&sort=record_score&desc=true");
            var buckets = await client.SendAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{id}/results/buckets?size=10000");
            report.Print(id, records.GetProperty("records"), buckets.GetProperty("buckets"));
        }
        report.PrintIncidents(WebShop.Incidents);
    }

    private static async Task WriteAsync(Stream stream, IReadOnlyList<ShopMinute> week, ProgressTask progress)
    {
        // 4,096 records a write: large enough to be quick, small enough to see the bar move.
        foreach (var chunk in week.Chunk(4096))
        {
            using var buffer = new MemoryStream();
            using var json = new Utf8JsonWriter(buffer);
            foreach (var minute in chunk)
            {
                json.WriteStartObject();
                json.WriteNumber("time", minute.EpochSeconds);
                json.WriteString("service", minute.Service);
                json.WriteString("country", minute.Country);
                json.WriteNumber("response_ms", minute.ResponseMs);
                json.WriteNumber("orders", minute.Orders);
                json.WriteNumber("errors", minute.Errors);
                json.WriteEndObject();
                json.Flush();
                buffer.WriteByte((byte)'\n');
                json.Reset();
            }
            await stream.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
            progress.Increment(chunk.Length);
        }
    }
}
