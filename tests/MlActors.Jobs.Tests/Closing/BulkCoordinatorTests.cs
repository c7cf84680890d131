using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Requests;
using Microsoft.Extensions.Time.Testing;

namespace MlActors.Jobs.Tests.Closing;

/// <summary>The coordinator against a probe in place of the shard region: what goes out, when, and what comes of every kind of silence.</summary>
public class BulkCoordinatorTests() : TestKit("""
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    akka.loglevel = WARNING
    """)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    private void Advance(TimeSpan by)
    {
        _time.Advance(by);
        Scheduler.Advance(by);
    }

    private IActorRef Start(TestProbe jobs, BulkOperation operation, int count, int window = 500, bool jobsMove = false) => ActorOf(
        Props.Create(typeof(Relay), TestActor, new BulkRequest(operation, [.. Enumerable.Range(0, count).Select(i => $"job-{i:000}")], Timeout),
            jobs.Ref, _time, new BulkCoordinator.Options(window, TimeSpan.FromSeconds(10)) { JobsMove = jobsMove }));

    /// <summary>Stands in for the registry: the coordinator tells its parent when everything is done.</summary>
    private sealed class Relay : ReceiveActor
    {
        public Relay(IActorRef listener, BulkRequest request, IActorRef jobs, TimeProvider time, BulkCoordinator.Options options)
        {
            var child = Context.ActorOf(Props.Create(typeof(BulkCoordinator), request, jobs, time, options));
            Receive<BulkProgress>(_ => listener.Tell("parent told"));
            ReceiveAny(child.Forward);
        }
    }

    [Fact]
    public void A_job_that_has_answered_is_not_to_carry_out_what_comes_late_and_one_that_has_not_is()
    {
        var jobs = CreateTestProbe();
        Start(jobs, BulkOperation.Close, 2, jobsMove: true);
        var (first, second) = (jobs.ExpectMsg<CloseJob>(), jobs.ExpectMsg<CloseJob>());
        first.Attempt.ShouldBe(1);
        jobs.Reply(new JobClosedReply(first.JobId, AlreadyClosed: false, 5));
        Advance(TimeSpan.FromSeconds(10));
        jobs.ExpectMsg<CloseJob>().ShouldBe(second with { Attempt = 2 });
        jobs.Reply(new Claim(first.JobId, 1));
        jobs.ExpectMsg<ClaimAnswer>().ShouldBe(new ClaimAnswer(first.JobId, 1, Wanted: false));
        jobs.Reply(new Claim(second.JobId, 1));
        jobs.ExpectMsg<ClaimAnswer>().ShouldBe(new ClaimAnswer(second.JobId, 1, Wanted: true));
    }

    [Fact]
    public void Where_jobs_do_not_move_nobody_asks_whether_it_is_still_wanted()
    {
        var jobs = CreateTestProbe();
        Start(jobs, BulkOperation.ForceClose, 1);
        jobs.ExpectMsg<ForceCloseJob>().Attempt.ShouldBeNull();
    }

    private async Task<BulkProgress> Progress(IActorRef coordinator) => await coordinator.Ask<BulkProgress>(BulkCoordinator.GetProgress.Instance, TimeSpan.FromSeconds(3));

    [Fact]
    public async Task All_jobs_closed_answers_with_every_outcome()
    {
        var jobs = CreateTestProbe();
        var coordinator = Start(jobs, BulkOperation.Close, 3);
        coordinator.Tell(BulkCoordinator.Await.Instance);
        for (var i = 0; i < 3; i++)
        {
            var close = jobs.ExpectMsg<CloseJob>();
            jobs.Reply(new JobClosedReply(close.JobId, AlreadyClosed: i == 0, 5));
        }
        await FishForMessageAsync(m => m is BulkProgress);
        var progress = await Progress(coordinator);
        progress.Completed.ShouldBeTrue();
        progress.TimedOut.ShouldBeFalse();
        progress.Jobs.Select(j => j.Outcome).ShouldBe([BulkOutcome.Unchanged, BulkOutcome.Done, BulkOutcome.Done]);
    }

    [Fact]
    public void No_more_jobs_than_the_window_are_asked_before_they_confirm()
    {
        var jobs = CreateTestProbe();
        var coordinator = Start(jobs, BulkOperation.Close, 10, window: 4);
        var asked = Enumerable.Range(0, 4).Select(_ => jobs.ExpectMsg<CloseJob>().JobId).ToList();
        jobs.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        coordinator.Tell(new Accepted(asked[3]));
        jobs.ExpectMsg<CloseJob>().JobId.ShouldBe("job-004");
        jobs.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task A_job_that_confirmed_but_is_slow_holds_up_no_other()
    {
        var jobs = CreateTestProbe();
        var coordinator = Start(jobs, BulkOperation.Close, 20, window: 2);
        for (var i = 0; i < 20; i++)
        {
            var close = jobs.ExpectMsg<CloseJob>();
            jobs.Reply(new Accepted(close.JobId));
            if (i > 0) jobs.Reply(new JobClosedReply(close.JobId, false, 1));
        }
        var progress = await Progress(coordinator);
        progress.CountDone.ShouldBe(19);
        progress.Completed.ShouldBeFalse();
        progress.Jobs[0].Phase.ShouldBe("under way");
    }

    [Fact]
    public async Task A_lost_reply_is_asked_for_again_and_an_answer_given_twice_counts_once()
    {
        var jobs = CreateTestProbe();
        var coordinator = Start(jobs, BulkOperation.ForceClose, 2, window: 1);
        jobs.ExpectMsg<ForceCloseJob>();
        Advance(TimeSpan.FromSeconds(10));
        var again = jobs.ExpectMsg<ForceCloseJob>();
        jobs.Reply(new JobClosedReply(again.JobId, false, 1));
        jobs.Reply(new JobClosedReply(again.JobId, true, 0));
        var second = jobs.ExpectMsg<ForceCloseJob>();
        second.JobId.ShouldBe("job-001");
        jobs.Reply(new JobClosedReply(second.JobId, false, 1));
        await AwaitAssertAsync(async () => (await Progress(coordinator)).Completed.ShouldBeTrue());
        (await Progress(coordinator)).Jobs.ShouldAllBe(j => j.Outcome == BulkOutcome.Done);
    }

    [Fact]
    public async Task When_the_time_is_up_it_answers_and_goes_on_until_late_replies_complete_it()
    {
        var jobs = CreateTestProbe();
        var coordinator = Start(jobs, BulkOperation.Close, 2);
        coordinator.Tell(BulkCoordinator.Await.Instance, TestActor);
        var (first, second) = (jobs.ExpectMsg<CloseJob>(), jobs.ExpectMsg<CloseJob>());
        jobs.Reply(new JobClosedReply(first.JobId, false, 1));
        await AwaitAssertAsync(async () => (await Progress(coordinator)).CountDone.ShouldBe(1));
        Advance(Timeout);
        var due = ExpectMsg<BulkProgress>();
        due.TimedOut.ShouldBeTrue();
        due.Completed.ShouldBeFalse();
        due.Jobs.Single(j => j.Outcome == BulkOutcome.Pending).JobId.ShouldBe(second.JobId);

        jobs.FishForMessage(m => m is CloseJob);
        jobs.Reply(new JobClosedReply(second.JobId, false, 1));
        ExpectMsg("parent told");
        (await Progress(coordinator)).Completed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_job_that_vanished_counts_as_done_and_one_that_failed_is_reported()
    {
        var jobs = CreateTestProbe();
        var coordinator = Start(jobs, BulkOperation.Close, 2);
        jobs.ExpectMsg<CloseJob>();
        jobs.Reply(new Refused("job-000", RefusalKind.NotFound, "gone"));
        jobs.ExpectMsg<CloseJob>();
        jobs.Reply(new Refused("job-001", RefusalKind.Conflict, "it failed"));
        ExpectMsg("parent told");
        var progress = await Progress(coordinator);
        progress.Jobs.Select(j => (j.Outcome, j.Reason)).ShouldBe([(BulkOutcome.Gone, null), (BulkOutcome.Refused, "it failed")]);
        progress.CountDone.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_cannot_write_now_is_tried_again_within_the_time()
    {
        var jobs = CreateTestProbe();
        var coordinator = Start(jobs, BulkOperation.Close, 1);
        jobs.ExpectMsg<CloseJob>();
        jobs.Reply(new Refused("job-000", RefusalKind.Unavailable, "disk full"));
        await AwaitAssertAsync(async () => (await Progress(coordinator)).Jobs[0].Reason.ShouldBe("disk full"));
        Advance(TimeSpan.FromSeconds(10));
        jobs.ExpectMsg<CloseJob>();
        jobs.Reply(new JobClosedReply("job-000", false, 1));
        ExpectMsg("parent told");
    }

    [Fact]
    public async Task Nothing_to_do_is_done_at_once()
    {
        var coordinator = Start(CreateTestProbe(), BulkOperation.Close, 0);
        ExpectMsg("parent told");
        (await Progress(coordinator)).Completed.ShouldBeTrue();
    }

    [Fact]
    public void An_open_joins_what_is_under_way_so_that_it_may_be_repeated()
    {
        var jobs = CreateTestProbe();
        Start(jobs, BulkOperation.Open, 1);
        jobs.ExpectMsg<OpenJob>().Join.ShouldBeTrue();
    }
}
