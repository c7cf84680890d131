using System.Text.Json;
using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Tests.Jobs;

public sealed class JobTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_created_job_is_answered_and_read_back_completed_with_defaults()
    {
        await _server.PutJobAsync("job-1");
        var job = (await _server.GetAsync("/_ml/anomaly_detectors/job-1")).Json;
        job.GetProperty("count").GetInt32().ShouldBe(1);
        var read = job.GetProperty("jobs")[0];
        read.GetProperty("job_id").GetString().ShouldBe("job-1");
        read.GetProperty("results_index_name").GetString().ShouldBe("shared");
        var generated = (await _server.GetAsync("/_ml/anomaly_detectors/job-1?exclude_generated=true")).Json.GetProperty("jobs")[0];
        generated.TryGetProperty("create_time", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task All_problems_of_a_configuration_are_reported_at_once()
    {
        var answer = await _server.SendAsync("PUT", "/_ml/anomaly_detectors/job-1",
            """{"analysis_config":{"bucket_span":"nonsense","detectors":[{"function":"meen","field_name":"x"}]},"data_description":{},"colour":1}""");
        answer.Status.ShouldBe(400);
        answer.Json.GetProperty("error").GetProperty("root_cause").GetArrayLength().ShouldBeGreaterThanOrEqualTo(3);
        answer.Reason.ShouldContain("more, see root_cause");
    }

    [Fact]
    public async Task Ids_and_group_names_are_one_space_of_names()
    {
        await _server.PutJobAsync("job-1", more: ""","groups":["team"]""");
        foreach (var (id, groups) in new[] { ("job-1", "[]"), ("team", "[]"), ("job-2", """["job-1"]"""), ("job-3", """["job-3"]""") })
        {
            var answer = await _server.SendAsync("PUT", $"/_ml/anomaly_detectors/{id}",
                $$"""{"analysis_config":{"detectors":[{"function":"count"}]},"data_description":{},"groups":{{groups}}}""");
            answer.ShouldBeError(400, "resource_already_exists_exception");
        }
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/_update", """{"groups":["job-1"]}""")).ShouldBeError(400, "resource_already_exists_exception");
    }

    [Fact]
    public async Task An_update_answers_with_the_whole_job()
    {
        await _server.PutJobAsync("job-1");
        var answer = await _server.PostAsync("/_ml/anomaly_detectors/job-1/_update", """{"description":"new"}""");
        answer.Json.GetProperty("description").GetString().ShouldBe("new");
        answer.Json.GetProperty("analysis_config").GetProperty("detectors").GetArrayLength().ShouldBe(1);
        (await _server.PostAsync("/_ml/anomaly_detectors/nope/_update", "{}")).ShouldBeError(404, "resource_not_found_exception", "[nope]");
    }

    [Fact]
    public async Task Validation_says_yes_or_what_is_wrong()
    {
        (await _server.PostAsync("/_ml/anomaly_detectors/_validate", """{"analysis_config":{"detectors":[{"function":"count"}]},"data_description":{}}"""))
            .Text.ShouldBe("""{"acknowledged":true}""");
        (await _server.PostAsync("/_ml/anomaly_detectors/_validate/detector", """{"function":"mean","field_name":"x"}""")).Text
            .ShouldBe("""{"acknowledged":true}""");
        (await _server.PostAsync("/_ml/anomaly_detectors/_validate/detector", """{"function":"mean"}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_delete_waits_or_answers_with_a_task()
    {
        await _server.PutJobAsync("job-1");
        await _server.PutJobAsync("job-2");
        await _server.PutJobAsync("job-3", JobState.Opened);
        (await _server.SendAsync("DELETE", "/_ml/anomaly_detectors/job-1")).Text.ShouldBe("""{"acknowledged":true}""");
        (await _server.SendAsync("DELETE", "/_ml/anomaly_detectors/job-1")).ShouldBeError(404, "resource_not_found_exception");
        (await _server.SendAsync("DELETE", "/_ml/anomaly_detectors/job-2?wait_for_completion=false"))
            .Json.GetProperty("task").GetString().ShouldStartWith("node-1:");
        (await _server.SendAsync("DELETE", "/_ml/anomaly_detectors/job-3?wait_for_completion=false"))
            .ShouldBeError(409, "status_exception", "opened", "force=true");
        (await _server.PostAsync("/_ml/anomaly_detectors/job-3/_reset?wait_for_completion=false")).ShouldBeError(409, "status_exception", "opened");
        _server.Jobs.Asked.OfType<DeleteJob>().Last().TaskId.ShouldStartWith("node-1:");
    }

    [Fact]
    public async Task An_owner_that_does_not_answer_is_a_408_and_one_that_cannot_write_a_503()
    {
        await using var impatient = await GatewayServer.StartAsync(new GatewayOptions { CommandTimeout = TimeSpan.FromMilliseconds(20) });
        await impatient.PutJobAsync("job-1");
        impatient.Jobs.Stuck.Add("job-1");
        (await impatient.PostAsync("/_ml/anomaly_detectors/job-1/_update", "{}")).ShouldBeError(408, "status_exception", "may still happen");
        await _server.PutJobAsync("job-1");
        _server.Jobs.Script = message => new Refused(message.JobId, RefusalKind.Unavailable, "the disk is full");
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/_update", "{}")).ShouldBeError(503, "status_exception", "the disk is full");
    }

    [Theory]
    [InlineData("?start=0", "calc_interim")]
    [InlineData("?calc_interim=true&end=5", "[start]")]
    [InlineData("?calc_interim=true&start=10&end=5", "[end]")]
    [InlineData("?advance_time=100&skip_time=100", "[skip_time]")]
    public async Task A_flush_with_times_that_make_no_sense_is_refused(string query, string part)
    {
        await _server.PutJobAsync("job-1", JobState.Opened);
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/_flush" + query)).ShouldBeError(400, "illegal_argument_exception", part);
    }

    [Fact]
    public async Task A_flush_passes_its_times_on_in_seconds_and_answers_in_milliseconds()
    {
        await _server.PutJobAsync("job-1", JobState.Opened);
        var answer = await _server.PostAsync("/_ml/anomaly_detectors/job-1/_flush",
            """{"calc_interim":true,"start":"2020-01-01T00:00:00Z","advance_time":1600000001500}""");
        answer.Text.ShouldBe("""{"flushed":true,"last_finalized_bucket_end":1600000000000}""");
        _server.Jobs.Asked.OfType<FlushJob>().Single().ShouldBe(new FlushJob("job-1", true, 1577836800, null, 1600000001, null));
    }

    [Fact]
    public async Task Statistics_are_live_where_a_job_runs_and_stored_where_it_rests()
    {
        await _server.PutJobAsync("rests");
        await _server.PutJobAsync("runs", JobState.Opened);
        var stats = (await _server.GetAsync("/_ml/anomaly_detectors/_stats")).Json;
        stats.GetProperty("count").GetInt32().ShouldBe(2);
        var (rests, runs) = (stats.GetProperty("jobs")[0], stats.GetProperty("jobs")[1]);
        rests.GetProperty("state").GetString().ShouldBe("closed");
        rests.TryGetProperty("node", out _).ShouldBeFalse();
        rests.TryGetProperty("assignment_explanation", out _).ShouldBeFalse();
        rests.GetProperty("model_size_stats").GetProperty("model_bytes_memory_limit").GetInt64().ShouldBe(1024L << 20);
        runs.GetProperty("node").GetProperty("name").GetString().ShouldBe("first");
        runs.GetProperty("open_time").GetString()!.ShouldEndWith("s");
        runs.GetProperty("quarantined_batch_count").GetInt32().ShouldBe(3, "only the owner of the test says so");
        _server.Jobs.Asked.OfType<GetJobStats>().ShouldHaveSingleItem().JobId.ShouldBe("runs");
    }

    [Fact]
    public async Task An_owner_that_does_not_answer_costs_its_share_of_the_time_and_no_more()
    {
        await using var impatient = await GatewayServer.StartAsync(new GatewayOptions
        {
            LiveStatsTimeout = TimeSpan.FromMilliseconds(50),
            LiveStatsBudget = TimeSpan.FromMilliseconds(120),
            LiveStatsWindow = 2,
        });
        for (var i = 0; i < 9; i++)
        {
            await impatient.PutJobAsync($"job-{i}", JobState.Opened);
            impatient.Jobs.Stuck.Add($"job-{i}");
        }
        (await impatient.GetAsync("/_ml/anomaly_detectors/_stats")).Json.GetProperty("jobs").GetArrayLength().ShouldBe(9);
        // Windows of two: after 120 ms nobody is asked any more.
        impatient.Jobs.Asked.OfType<GetJobStats>().Count().ShouldBeLessThan(9);
    }

    [Fact]
    public async Task A_failed_job_says_why_and_a_closing_one_how_far_it_is()
    {
        await _server.PutJobAsync("broken", JobState.Failed, status: status =>
            status with { State = JobState.Failed, Reason = "poison in batch 7", QuarantinedInputs = 1 });
        await _server.PutJobAsync("closing", JobState.Closing, status: status => status with { State = JobState.Closing, StateSince = 5 });
        _server.Jobs.Script = message => message is GetJobStats
            ? new JobStatsReply("closing", new JobStatus { JobId = "closing", State = JobState.Closing }, new TransitionProgress("persisting", 80, 5), 0)
            : null;
        var jobs = (await _server.GetAsync("/_ml/anomaly_detectors/_all/_stats")).Json.GetProperty("jobs");
        jobs[0].GetProperty("reason").GetString().ShouldBe("poison in batch 7");
        jobs[0].GetProperty("assignment_explanation").GetString().ShouldBe("poison in batch 7");
        jobs[0].GetProperty("quarantined_batch_count").GetInt32().ShouldBe(1);
        jobs[1].GetProperty("transition").GetRawText().ShouldBe("""{"phase":"persisting","percent":80,"since":5}""");
    }

    [Fact]
    public async Task A_task_tells_how_it_stands_and_how_it_ended()
    {
        (await _server.GetAsync("/_tasks/nonsense")).ShouldBeError(400, "illegal_argument_exception", "node:number");
        (await _server.GetAsync("/_tasks/node-1:5")).ShouldBeError(404, "resource_not_found_exception");
        _server.Jobs.Tasks["node-1:5"] = new("node-1:5", "delete", Completed: false, 1, 2, null, null);
        var running = (await _server.GetAsync("/_tasks/node-1:5?wait_for_completion=true&timeout=30ms")).Json;
        running.GetProperty("completed").GetBoolean().ShouldBeFalse();
        running.GetProperty("task").GetProperty("id").GetInt64().ShouldBe(5);
        _server.Jobs.Tasks["node-1:5"] = new("node-1:5", "delete", Completed: true, 1, 2, null, new Refused("a", RefusalKind.Conflict, "not now"));
        (await _server.GetAsync("/_tasks/node-1:5")).Json.GetProperty("error").GetProperty("reason").GetString().ShouldBe("not now");
    }

    [Fact]
    public async Task The_memory_statistics_add_up_the_models_of_running_jobs()
    {
        await _server.PutJobAsync("a", JobState.Opened, status: s => s with { State = JobState.Opened, Size = new() { ModelBytes = 1 << 20 } });
        await _server.PutJobAsync("b", JobState.Closed, status: s => s with { Size = new() { ModelBytes = 1 << 30 } });
        var node = (await _server.GetAsync("/_ml/memory/_stats?human")).Json.GetProperty("nodes").GetProperty("node-1");
        node.GetProperty("mem").GetProperty("ml").GetProperty("anomaly_detectors_in_bytes").GetInt64().ShouldBe(1 << 20);
        node.GetProperty("mem").GetProperty("ml").GetProperty("anomaly_detectors").GetString().ShouldBe("1mb");
        (await _server.GetAsync("/_ml/memory/other/_stats")).ShouldBeError(404, "resource_not_found_exception");
        var health = (await _server.GetAsync("/_cluster/health")).Json;
        health.GetProperty("status").GetString().ShouldBe("green");
        health.GetProperty("free_disk_bytes").GetInt64().ShouldBePositive();
        (await _server.GetAsync("/_ml/info")).Json.GetProperty("defaults").GetProperty("anomaly_detectors").GetProperty("model_memory_limit").GetString()
            .ShouldBe("1024mb");
    }

    [Fact]
    public async Task The_default_analyzer_of_texts_can_be_given_to_a_job()
    {
        var defaults = (await _server.GetAsync("/_ml/info")).Json.GetProperty("defaults").GetProperty("anomaly_detectors");
        var analyzer = defaults.GetProperty("categorization_analyzer");
        var answer = await _server.SendAsync("PUT", "/_ml/anomaly_detectors/texts",
            $$$"""
            {"analysis_config":{"categorization_field_name":"message","categorization_analyzer":{{{analyzer}}},
              "detectors":[{"function":"count","by_field_name":"mlcategory"}]},
             "data_description":{}}
            """);
        answer.Json.GetProperty("analysis_config").GetProperty("categorization_analyzer").ToString().ShouldBe(analyzer.ToString());
    }

    [Fact]
    public async Task Snapshots_are_listed_by_id_wildcard_time_and_page()
    {
        await _server.PutJobAsync("job-1");
        foreach (var time in new[] { 100, 200, 300 })
        {
            var snapshot = new ModelSnapshot
            {
                JobId = "job-1", SnapshotId = $"{time}", TimestampMs = time * 1000, Description = "d", InputSeq = time, Lineage = 0,
            };
            await _server.Storage.Jobs.WriteAsync([new PutSnapshot(snapshot, [1])]);
        }
        (await IdsAsync("")).ShouldBe(["300", "200", "100"]);
        (await IdsAsync("/100,200?desc=false")).ShouldBe(["100", "200"]);
        (await IdsAsync("/2*")).ShouldBe(["200"]);
        (await IdsAsync("?start=200&end=300")).ShouldBe(["200"]);
        (await IdsAsync("?from=1&size=1&sort=snapshot_id")).ShouldBe(["200"]);
        (await _server.GetAsync("/_ml/anomaly_detectors/job-1/model_snapshots/999")).ShouldBeError(404, "resource_not_found_exception", "[999]");
        (await _server.GetAsync("/_ml/anomaly_detectors/job-1/model_snapshots?sort=timestmp")).ShouldBeError(400, "illegal_argument_exception", "[timestamp]");
        (await _server.PostAsync("/_ml/anomaly_detectors/job-1/model_snapshots/100/_update", "{}"))
            .ShouldBeError(400, "illegal_argument_exception", "[retain]");

        async Task<string?[]> IdsAsync(string rest)
        {
            var answer = await _server.GetAsync("/_ml/anomaly_detectors/job-1/model_snapshots" + rest);
            answer.Status.ShouldBe(200, answer.Text);
            return [.. answer.Json.GetProperty("model_snapshots").EnumerateArray().Select(snapshot => snapshot.GetProperty("snapshot_id").GetString())];
        }
    }

    [Fact]
    public async Task A_change_of_a_snapshot_is_asked_of_the_owner_and_answered_with_the_snapshot()
    {
        await _server.PutJobAsync("job-1");
        var snapshot = new ModelSnapshot { JobId = "job-1", SnapshotId = "100", TimestampMs = 100_000, Description = "new", InputSeq = 1, Lineage = 0,
            Retain = true };
        _server.Jobs.Script = message => message is ChangeSnapshot or RevertSnapshot ? new SnapshotReply("job-1", snapshot) : null;
        var updated = await _server.PostAsync("/_ml/anomaly_detectors/job-1/model_snapshots/100/_update", """{"description":"new","retain":true}""");
        updated.Json.GetProperty("model").GetProperty("retain").GetBoolean().ShouldBeTrue();
        _server.Jobs.Asked.OfType<ChangeSnapshot>().Single().ShouldBe(new ChangeSnapshot("job-1", "100", "new", true) { By = new Caller("_anonymous", "127.0.0.1") });
        var reverted = await _server.PostAsync("/_ml/anomaly_detectors/job-1/model_snapshots/100/_revert?delete_intervening_results");
        reverted.Json.GetProperty("model").GetProperty("snapshot_id").GetString().ShouldBe("100");
        _server.Jobs.Asked.OfType<RevertSnapshot>().Single().DeleteInterveningResults.ShouldBeTrue();
    }

    [Fact]
    public async Task Many_jobs_are_listed_without_a_gap()
    {
        for (var i = 0; i < 120; i++) await _server.PutJobAsync($"job-{i:000}");
        var jobs = (await _server.GetAsync("/_ml/anomaly_detectors")).Json;
        jobs.GetProperty("count").GetInt32().ShouldBe(120);
        jobs.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("job_id").GetString())
            .ShouldBe(Enumerable.Range(0, 120).Select(i => $"job-{i:000}"));
        JsonDocument.Parse((await _server.GetAsync("/_ml/anomaly_detectors?pretty")).Text).RootElement.GetProperty("count").GetInt32().ShouldBe(120);
    }
}
