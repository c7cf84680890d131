using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MlActors.Node.Tests.Support;
using Microsoft.Data.Sqlite;

namespace MlActors.Node.Tests;

/// <summary>What a real server shows of itself to whoever runs it.</summary>
public sealed class ObservingTests
{
    [Fact]
    public async Task Metrics_say_what_the_jobs_do_and_single_out_as_many_of_them_as_they_may()
    {
        using var space = new Workspace();
        await File.WriteAllTextAsync(space.Config, "mlactors { observing.job-metrics = 1 }");
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        var address = await server.ListeningAsync();
        using var ml = new MlClient(address);
        foreach (var job in (string[])[Workload.Job, "other", "resting"]) (await ml.PutAsync(job, Workload.Config)).Expect(HttpStatusCode.OK);
        foreach (var job in (string[])[Workload.Job, "other"]) (await ml.OpenAsync(job)).Expect(HttpStatusCode.OK);
        (await ml.PostAsync(Workload.Job, "1", Workload.Pieces[0])).Expect(HttpStatusCode.Accepted);
        (await ml.CloseAsync("other")).Expect(HttpStatusCode.OK);

        using var http = new HttpClient { BaseAddress = address };
        var metrics = await Poll.UntilAsync(() => ReadAsync(http), read => Value(read, "mlactors_jobs_waiting_bytes") == 0);
        Value(metrics, "mlactors_job_records_total", "outcome=\"processed\"").ShouldBe(Workload.RecordsPerPiece);
        Value(metrics, "mlactors_jobs", "state=\"opened\"").ShouldBe(1);
        Value(metrics, "mlactors_jobs", "state=\"failed\"").ShouldBe(0);
        Value(metrics, "mlactors_job_buckets_total").ShouldBeGreaterThan(0);
        Value(metrics, "mlactors_job_transition_duration_seconds_count", "transition=\"open\"").ShouldBe(2);
        Value(metrics, "mlactors_job_transition_duration_seconds_count", "transition=\"close\"").ShouldBe(1);
        Value(metrics, "mlactors_job_model_memory_bytes", $"job=\"{Workload.Job}\"").ShouldBeGreaterThan(0);
        metrics.Split('\n').Count(line => line.StartsWith("mlactors_job_model_memory_bytes{", StringComparison.Ordinal)).ShouldBe(1);
        Value(metrics, "http_server_request_duration_seconds_count", "http_route=\"/_ml/anomaly_detectors/{job_id}/_data\"").ShouldBe(1);
    }

    [Fact]
    public async Task Metrics_need_credentials_and_the_supervisors_questions_do_not()
    {
        using var space = new Workspace();
        await File.WriteAllTextAsync(space.Config, "mlactors { authentication.enabled = on }");
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var http = new HttpClient { BaseAddress = await server.ListeningAsync() };
        (await http.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var question in (string[])["/_health/live", "/_health/ready"])
            (await http.GetAsync(question)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_server_whose_store_cannot_write_lives_and_is_not_ready_until_it_can()
    {
        using var space = new Workspace();
        await File.WriteAllTextAsync(space.Config, "mlactors { storage.busy-timeout = 200ms }");
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var http = new HttpClient { BaseAddress = await server.ListeningAsync() };
        (await StateAsync(http)).ShouldBe((HttpStatusCode.OK, "healthy"));
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(space.Data, "mlactors.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var begin = connection.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            await begin.ExecuteNonQueryAsync();
            (await StateAsync(http)).ShouldBe((HttpStatusCode.ServiceUnavailable, "unhealthy"));
            (await http.GetAsync("/_health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        await Poll.UntilAsync(() => StateAsync(http), state => state == (HttpStatusCode.OK, "healthy"));
    }

    private static async Task<(HttpStatusCode Status, string Storage)> StateAsync(HttpClient http)
    {
        var answer = await http.GetAsync("/_health/ready");
        return (answer.StatusCode, (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["storage"]!);
    }

    private static async Task<string> ReadAsync(HttpClient http)
    {
        var answer = await http.GetAsync("/metrics");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }

    // The sum over all series of a name that have a label.
    private static double Value(string metrics, string name, string label = "")
    {
        var lines = metrics.Split('\n').Where(line => (line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            && line.Contains(label, StringComparison.Ordinal)).ToList();
        lines.ShouldNotBeEmpty($"{name} {label} in:\n{metrics}");
        return lines.Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
