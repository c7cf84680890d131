using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Documents;
using MlActors.Storage.Journal;
using MlActors.Storage.Tests.Compliance;
using static System.Text.Encoding;

namespace MlActors.Storage.Tests.Formats;

public sealed class EventFormatTests
{
    private static readonly DatafeedConfig Feed = new() { DatafeedId = "f", JobId = "a", Indices = ["x"], Chunking = new(ChunkingMode.Manual, "3h"), MaxEmptySearches = 4 };

    private static readonly JobLifecycleState State = new()
    {
        Config = Make.Config("a", "g"), State = JobState.Closing, Reason = "r", StateSince = 1, Deadline = 2, OpenTime = 3, FinishedTime = 4, ForcedClose = true,
        WaitsForRoom = true, Generation = 5, SnapshotId = "s", SnapshotSeq = 6, Lineage = 7, Quarantined = [9, 3, 3], Blocked = BlockedReason.Reset, BlockedTaskId = "n:1", RevertTo = "empty",
        RevertResultsFrom = 8, HealFrom = 9, Datafeed = Feed, Feeding = new DatafeedRun(2, 3, null, 4), FeedRuns = 2, FeedStopReason = "why",
    };

    // The stored form of version 1. A change here is a change of the format: it needs a new manifest beside the old one.
    public static TheoryData<JobEvent, string, string?> Stored => new()
    {
        { new JobCreated(1, Make.Config("a", "g")), "job-created/1", null },
        { new JobUpdated(1, Make.Config("a", "g")), "job-updated/1", null },
        { new JobOpening(1, 2, 3), "job-opening/1", """{"generation":2,"deadline":3,"time":1}""" },
        { new JobOpening(1, 2, 3, "why"), "job-opening/1", """{"generation":2,"deadline":3,"waits":"why","time":1}""" },
        { new JobPlaced(1, 2), "job-placed/1", """{"deadline":2,"time":1}""" },
        { new JobOpened(1), "job-opened/1", """{"time":1}""" },
        { new JobClosing(1, false, 2), "job-closing/1", """{"forced":false,"deadline":2,"time":1}""" },
        { new JobClosed(1, true), "job-closed/1", """{"forced":true,"time":1}""" },
        { new JobClosed(2, false), "job-closed/1", """{"forced":false,"time":2}""" },
        { new JobFailed(1, "why", 2), "job-failed/1", """{"reason":"why","quarantined_seq":2,"time":1}""" },
        { new SnapshotTaken(1, "s", 2), "snapshot-taken/1", """{"snapshot_id":"s","input_seq":2,"time":1}""" },
        { new JobBlocked(1, BlockedReason.Revert, "n:1", "s", 2, 3), "job-blocked/1",
            """{"reason":"Revert","task_id":"n:1","snapshot_id":"s","results_from":2,"deadline":3,"time":1}""" },
        { new JobReset(1), "job-reset/1", """{"time":1}""" },
        { new HealingStarted(1, "s", 2, 3, 4), "healing-started/1", """{"snapshot_id":"s","from":2,"generation":3,"deadline":4,"time":1}""" },
        { new SnapshotReverted(1, null, 2), "snapshot-reverted/1", """{"resume_seq":2,"time":1}""" },
        { new JobDeleted(1), "job-deleted/1", """{"time":1}""" },
        { new DatafeedPut(1, Feed), "datafeed-put/1", null },
        { new DatafeedRemoved(1), "datafeed-removed/1", """{"time":1}""" },
        { new DatafeedStarted(1, new DatafeedRun(2, 3, 4, 5)), "datafeed-started/1", """{"run":{"number":2,"start_ms":3,"end_ms":4,"started_ms":5},"time":1}""" },
        { new DatafeedStopped(1, "why"), "datafeed-stopped/1", """{"reason":"why","time":1}""" },
        { new StateSaved(1, State), "state-saved/1", null },
    };

    [Theory]
    [MemberData(nameof(Stored))]
    public void Events_have_the_stored_form_of_version_1_and_come_back(JobEvent jobEvent, string manifest, string? json)
    {
        var (written, payload) = EventFormat.Serialize(jobEvent);
        written.ShouldBe(manifest);
        if (json is not null) UTF8.GetString(payload).ShouldBe(json);
        var read = EventFormat.Deserialize(manifest, payload);
        read.ShouldBeOfType(jobEvent.GetType());
        EventFormat.Serialize(read).Payload.ShouldBe(payload);
        if (json is not null) read.ShouldBe(jobEvent);
    }

    [Fact]
    public void A_saved_state_comes_back_field_by_field()
    {
        var (manifest, payload) = EventFormat.Serialize(new StateSaved(1, State));
        var state = EventFormat.Deserialize(manifest, payload).ShouldBeOfType<StateSaved>().State;
        state.Quarantined.ShouldBe([3L, 9L]);
        JobConfigJson.Serialize(state.Config!).ShouldBe(JobConfigJson.Serialize(State.Config!));
        DatafeedJson.Serialize(state.Datafeed!).ShouldBe(DatafeedJson.Serialize(Feed));
        (state with { Config = State.Config, Quarantined = State.Quarantined, Datafeed = Feed }).ShouldBe(State);
    }

    [Fact]
    public void A_configuration_is_embedded_as_it_is_stored_everywhere()
    {
        var config = Make.Config("a", "g");
        UTF8.GetString(EventFormat.Serialize(new JobCreated(1, config)).Payload).ShouldContain(UTF8.GetString(JobConfigJson.Serialize(config)));
    }

    [Fact]
    public void Every_kind_of_event_has_a_stored_form()
    {
        var kinds = typeof(JobEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JobEvent))).Select(type => type.Name).Order();
        Stored.Select(row => row[0].GetType().Name).Distinct().Order().ShouldBe(kinds);
        EventFormat.Manifests.Count.ShouldBe(kinds.Count());
    }

    [Fact]
    public void What_an_older_release_did_not_write_has_its_default()
    {
        var state = EventFormat.Deserialize("state-saved/1", """{"time":1,"state":{"snapshot_seq":3}}"""u8).ShouldBeOfType<StateSaved>().State;
        state.ShouldBe(new JobLifecycleState { SnapshotSeq = 3, Quarantined = state.Quarantined });
        state.Quarantined.ShouldBeEmpty();

        StoredJson.Status("""{"job_id":"a"}"""u8).ShouldBe(new JobStatus { JobId = "a" });
        StoredJson.Snapshot("""{"job_id":"a","snapshot_id":"1","description":""}"""u8)
            .ShouldBe(new ModelSnapshot { JobId = "a", SnapshotId = "1", Description = "" });
    }

    [Fact]
    public void An_event_without_a_stored_form_is_refused() => Should.Throw<NotSupportedException>(() => EventFormat.Serialize(new Unheard(1)));

    private sealed record Unheard(long Time) : JobEvent(Time);
}
