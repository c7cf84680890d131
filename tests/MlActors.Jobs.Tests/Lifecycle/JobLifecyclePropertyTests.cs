using CsCheck;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Tests.Lifecycle;

/// <summary>Random lives of a job, checked after every step against a second, much simpler description of the life cycle.</summary>
public class JobLifecyclePropertyTests
{
    private static readonly LifecycleDeadlines Deadlines = new(1000, 2000, 3000);

    private static readonly DatafeedConfig Feed = new() { DatafeedId = "f", JobId = "j" };

    private static readonly JobConfig Config = new() { JobId = "j", AnalysisConfig = new AnalysisConfig(), AllowLazyOpen = true };

    /// <summary>What the description keeps: enough to say what each step must do.</summary>
    /// <param name="Blocked">As in the API; that late data is healed is a reason of its own.</param>
    /// <param name="Feed">The datafeed: none, stopped, endless or ending.</param>
    /// <param name="Waits">Whether an opening job has no room.</param>
    private sealed record Model(string State, string Blocked, bool Forced, string Feed, bool Waits = false)
    {
        internal static readonly Model Absent = new("absent", "none", false, "none");

        internal bool Feeds => Feed is "endless" or "ending";

        /// <summary>The datafeed does not outlive its job's being open.</summary>
        internal Model Unfed => this with { Feed = Feeds ? "stopped" : Feed };
    }

    private enum Step
    {
        Create, Open, OpenJoining, OpenWithoutRoom, Close, ForceClose, Delete, DeleteForce, Reset, Revert, Update,
        PutFeed, RemoveFeed, StartFeed, StartEndingFeed, StopFeed, StopFeedAndClose,
        Ready, StaleReady, Finished, StaleFinished, Stopped, Failed, StaleFailed, Overdue, FeedEnded, StaleFeedEnded, LateData, StaleLateData, RoomFound, WorkRemoved,
    }

    // By chance alone few lives come so far that a datafeed finds late data: some begin there.
    private static readonly Step[] Healing = [Step.Create, Step.PutFeed, Step.Open, Step.Ready, Step.StartFeed, Step.LateData];

    private static readonly Gen<Step[]> Lives =
        Gen.Select(Gen.Enum<Step>().Array[1, 60], Gen.Int[0, 3]).Select((steps, kind) => kind == 0 ? (Step[])[.. Healing, .. steps] : steps);

    [Fact]
    public void Every_life_follows_the_drawing_of_the_life_cycle() => Lives.Sample(life =>
    {
        var (state, model, now) = (JobLifecycleState.Absent, Model.Absent, 0L);
        foreach (var step in life)
        {
            now++;
            var decision = Decide(state, step, now);
            var expected = Expect(model, step);
            Kind(decision).ShouldBe(expected.Kind, $"{step} in {model}");
            if (decision is Decision.Happens happens) state = happens.Events.Aggregate(state, JobLifecycle.Apply);
            model = expected.Next;
            Observed(state).ShouldBe(model, $"after {step}");
        }
    }, iter: 20_000);

    [Fact]
    public void Every_transient_state_has_a_deadline_and_every_resting_one_has_none() => Lives.Sample(life => Live(life, state =>
    {
        var transient = state.Exists && !state.WaitsForRoom && (state.State is JobState.Opening or JobState.Closing || (state.Blocked != BlockedReason.None && state.State == JobState.Closed));
        (state.Deadline is not null).ShouldBe(transient, $"{state}");
    }));

    [Fact]
    public void A_forced_close_never_becomes_a_graceful_one() => Lives.Sample(life =>
    {
        var forced = false;
        Live(life, state =>
        {
            if (forced && state.State == JobState.Closing) state.ForcedClose.ShouldBeTrue();
            forced = state is { State: JobState.Closing, ForcedClose: true };
        });
    });

    [Fact]
    public void The_state_is_the_fold_of_its_events_also_from_a_saved_state_on() => Lives.Sample(life =>
    {
        var events = new List<JobEvent>();
        var states = new List<JobLifecycleState> { JobLifecycleState.Absent };
        Live(life, states.Add, events.Add);
        var final = states[^1];
        Same(events.Aggregate(JobLifecycleState.Absent, JobLifecycle.Apply), final);
        for (var cut = 0; cut <= events.Count; cut += Math.Max(1, events.Count / 5))
        {
            var saved = new StateSaved(0, events.Take(cut).Aggregate(JobLifecycleState.Absent, JobLifecycle.Apply));
            Same(events.Skip(cut).Prepend(saved).Aggregate(JobLifecycleState.Absent, JobLifecycle.Apply), final);
        }
    });

    [Fact]
    public void Each_open_has_a_generation_of_its_own() => Lives.Sample(life =>
    {
        var opened = new List<long>();
        Live(life, state =>
        {
            if (state.Exists && opened.Count > 0) state.Generation.ShouldBe(opened[^1]);
        }, e =>
        {
            if (e is JobCreated) opened.Clear();
            if (e is JobOpening opening) opened.Add(opening.Generation);
            if (e is HealingStarted healing) opened.Add(healing.Generation);
        });
        opened.ShouldBe(opened.Order().Distinct());
    });

    private static void Same(JobLifecycleState actual, JobLifecycleState expected)
    {
        actual.Quarantined.ShouldBe(expected.Quarantined);
        (actual with { Quarantined = [] }).ShouldBe(expected with { Quarantined = [] });
    }

    private static void Live(Step[] life, Action<JobLifecycleState> check, Action<JobEvent>? each = null)
    {
        var (state, now) = (JobLifecycleState.Absent, 0L);
        foreach (var step in life)
        {
            if (Decide(state, step, ++now) is not Decision.Happens happens) continue;
            foreach (var @event in happens.Events)
            {
                state = JobLifecycle.Apply(state, @event);
                each?.Invoke(@event);
            }
            check(state);
        }
    }

    private static Decision Decide(JobLifecycleState state, Step step, long now) => step switch
    {
        Step.Create => JobLifecycle.Decide(state, new CreateJob(Config), now, Deadlines),
        Step.Open => JobLifecycle.Decide(state, new OpenJob("j"), now, Deadlines),
        Step.OpenWithoutRoom => JobLifecycle.Decide(state, new OpenJob("j"), now, Deadlines, "full"),
        Step.RoomFound => JobLifecycle.Decide(state, new JobFact.RoomFound(now + 5), now),
        Step.OpenJoining => JobLifecycle.Decide(state, new OpenJob("j", Join: true), now, Deadlines),
        Step.Close => JobLifecycle.Decide(state, new CloseJob("j"), now, Deadlines),
        Step.ForceClose => JobLifecycle.Decide(state, new ForceCloseJob("j"), now, Deadlines),
        Step.Delete => JobLifecycle.Decide(state, new DeleteJob("j", Force: false, "t"), now, Deadlines),
        Step.DeleteForce => JobLifecycle.Decide(state, new DeleteJob("j", Force: true, "t"), now, Deadlines),
        Step.Reset => JobLifecycle.Decide(state, new ResetJob("j", "t"), now, Deadlines),
        Step.Revert => JobLifecycle.Decide(state, new RevertSnapshot("j", "7", DeleteInterveningResults: false, "t"), now, Deadlines),
        Step.Update => JobLifecycle.Decide(state, new UpdateJob("j", new JobUpdate()), now, Deadlines),
        Step.PutFeed => JobLifecycle.Decide(state, new PutDatafeed(Feed), now, Deadlines),
        Step.RemoveFeed => JobLifecycle.Decide(state, new DeleteDatafeed("j", "f", Force: false), now, Deadlines),
        Step.StartFeed => JobLifecycle.Decide(state, new StartDatafeed("j", "f", 0, null), now, Deadlines),
        Step.StartEndingFeed => JobLifecycle.Decide(state, new StartDatafeed("j", "f", 0, 10), now, Deadlines),
        Step.StopFeed => JobLifecycle.Decide(state, new StopDatafeed("j", "f"), now, Deadlines),
        Step.StopFeedAndClose => JobLifecycle.Decide(state, new StopDatafeed("j", "f", CloseJob: true), now, Deadlines),
        Step.FeedEnded => JobLifecycle.Decide(state, new JobFact.DatafeedEnded(state.FeedRuns, null, now + 7), now),
        Step.StaleFeedEnded => JobLifecycle.Decide(state, new JobFact.DatafeedEnded(state.FeedRuns - 1, null, now + 7), now),
        Step.LateData => JobLifecycle.Decide(state, new JobFact.LateDataFound(state.FeedRuns, "7", 60, now + 7), now),
        Step.StaleLateData => JobLifecycle.Decide(state, new JobFact.LateDataFound(state.FeedRuns - 1, "7", 60, now + 7), now),
        Step.Ready => JobLifecycle.Decide(state, new JobFact.AnalysisReady(state.Generation), now),
        Step.StaleReady => JobLifecycle.Decide(state, new JobFact.AnalysisReady(state.Generation - 1), now),
        Step.Finished => JobLifecycle.Decide(state, new JobFact.AnalysisFinished(state.Generation, new SnapshotTaken(now, "8", now)), now),
        Step.StaleFinished => JobLifecycle.Decide(state, new JobFact.AnalysisFinished(state.Generation - 1, null), now),
        Step.Stopped => JobLifecycle.Decide(state, new JobFact.AnalysisStopped(), now),
        Step.Failed => JobLifecycle.Decide(state, new JobFact.AnalysisFailed(state.Generation, "broken", now), now),
        Step.StaleFailed => JobLifecycle.Decide(state, new JobFact.AnalysisFailed(state.Generation - 1, "broken", null), now),
        Step.Overdue => JobLifecycle.Decide(state, new JobFact.Overdue("slow"), now),
        _ => JobLifecycle.Decide(state, new JobFact.WorkRemoved(9), now),
    };

    private static string Kind(Decision decision) => decision switch
    {
        Decision.Happens => "happens",
        Decision.Joined => "joined",
        Decision.Confirmed => "confirmed",
        Decision.Refuses refuses => refuses.Kind.ToString(),
        _ => "?",
    };

    private static Model Observed(JobLifecycleState state) => state.Exists
        ? new Model(JobLifecycle.Name(state.State), state.BlockedTaskId == JobLifecycle.HealingTask ? "healing" : JobLifecycle.Name(state.Blocked), state.ForcedClose,
            state.Datafeed is null ? "none" : state.Feeding is null ? "stopped" : state.Feeding.EndMs is null ? "endless" : "ending",
            state.WaitsForRoom)
        : Model.Absent;

    private static (string Kind, Model Next) Expect(Model model, Step step)
    {
        var fact = step >= Step.Ready;
        if (model == Model.Absent)
            return step == Step.Create ? ("happens", Model.Absent with { State = "closed" }) : (fact ? "confirmed" : "NotFound", model);
        var running = model.State is "opening" or "opened" or "closing";
        var free = model.Blocked == "none";
        return (step, model.State) switch
        {
            (Step.Create, _) => ("AlreadyExists", model),
            (Step.Update, _) => (model.Blocked == "delete" ? "Conflict" : "happens", model),
            (Step.OpenJoining, "opening") => (model.Waits ? "confirmed" : "joined", model),
            (Step.Open or Step.OpenJoining or Step.OpenWithoutRoom, _) when !free => ("Conflict", model),
            (Step.OpenWithoutRoom, "closed") => ("happens", model with { State = "opening", Waits = true }),
            (Step.OpenWithoutRoom, _) => ("Conflict", model),
            (Step.RoomFound, _) when model.Waits => ("happens", model with { Waits = false }),
            (Step.Open or Step.OpenJoining, "closed") => ("happens", model with { State = "opening" }),
            (Step.OpenJoining, "opened") => ("confirmed", model),
            (Step.Open or Step.OpenJoining, _) => ("Conflict", model),
            (Step.Close, "closed") => ("confirmed", model),
            (Step.Close, "closing") => ("joined", model),
            (Step.Close, "failed") => ("Conflict", model),
            (Step.Close, _) => ("happens", Closing(model)),
            (Step.ForceClose, "closed") => ("confirmed", model),
            (Step.ForceClose, "closing") when model.Forced => ("joined", model),
            (Step.ForceClose, _) => ("happens", Closing(model) with { Forced = true }),
            (Step.Delete or Step.DeleteForce, _) when model.Blocked == "delete" => ("joined", model),
            (Step.Delete or Step.DeleteForce, "closed") => ("happens", model with { Blocked = "delete" }),
            (Step.Delete, _) => ("Conflict", model),
            (Step.DeleteForce, _) => ("happens", Closing(model) with { Forced = true, Blocked = "delete" }),
            (Step.Reset, _) when model.Blocked == "reset" => ("joined", model),
            (Step.Revert, _) when model.Blocked == "revert" => ("joined", model),
            (Step.Reset, "closed") when free => ("happens", model with { Blocked = "reset" }),
            (Step.Revert, "closed") when free => ("happens", model with { Blocked = "revert" }),
            (Step.Reset or Step.Revert, _) => ("Conflict", model),
            (Step.Ready, "opening") when free && !model.Waits => ("happens", model with { State = "opened" }),
            (Step.Finished, "closing") when free && !model.Forced => ("happens", model with { State = "closed" }),
            (Step.Stopped, "closing") when model.Forced => ("happens", model with { State = "closed", Forced = false }),
            (Step.Failed, _) when running && free && !model.Forced => ("happens", model.Unfed with { State = "failed", Waits = false }),
            (Step.Overdue, "opening" or "closing") when free && !model.Forced && !model.Waits => ("happens", model.Unfed with { State = "failed" }),
            (Step.PutFeed or Step.RemoveFeed or Step.StartFeed or Step.StartEndingFeed, _) when !free => ("Conflict", model),
            (Step.PutFeed, _) => model.Feed == "none" ? ("happens", model with { Feed = "stopped" }) : ("AlreadyExists", model),
            (Step.RemoveFeed or Step.StartFeed or Step.StartEndingFeed or Step.StopFeed or Step.StopFeedAndClose, _) when model.Feed == "none" => ("NotFound", model),
            (Step.RemoveFeed, _) => model.Feeds ? ("Conflict", model) : ("happens", model with { Feed = "none" }),
            (Step.StartFeed or Step.StartEndingFeed, "opening" or "opened") when !model.Feeds =>
                ("happens", model with { Feed = step == Step.StartFeed ? "endless" : "ending" }),
            (Step.StartFeed or Step.StartEndingFeed, _) => ("Conflict", model),
            (Step.StopFeed, _) when model.Feed == "endless" => ("happens", model.Unfed),
            (Step.StopFeed, _) when model.Feed == "ending" => ("happens", Closing(model)),
            (Step.StopFeedAndClose, "opening" or "opened") => ("happens", Closing(model)),
            (Step.FeedEnded, _) when model.Feeds => ("happens", Closing(model)),
            (Step.LateData, "opened") when model.Feeds => ("happens", model with { State = "opening", Blocked = "healing" }),
            (Step.WorkRemoved, _) when model.Blocked == "delete" => ("happens", Model.Absent),
            (Step.WorkRemoved, _) when !free => ("happens", model with { Blocked = "none" }),
            _ => ("confirmed", model),
        };
    }

    /// <summary>Of a job that waits for room nothing runs that could finish anything: its close is a forced one.</summary>
    private static Model Closing(Model model) => model.Unfed with { State = "closing", Forced = model.Waits || model.Forced, Waits = false };
}
