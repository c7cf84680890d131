using System.Reflection;
using Akka.Actor;
using Akka.TestKit;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Requests;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Tests.Running;

namespace MlActors.Jobs.Tests.Requests;

/// <summary>Copies of a request that come to the owner late, or from somebody who is gone.</summary>
public sealed class ClaimTests : JobHarness
{
    private const string Id = "late";
    private const long Records = 600;

    private readonly TaskCompletionSource<JobReply> _answer = new();

    /// <summary>The way to a job on which the first message gets stuck until it is let go.</summary>
    private sealed class StickyWay : ReceiveActor
    {
        internal sealed class LetGo;

        internal sealed record Stuck(JobMessage Message);

        public StickyWay(IActorRef job, IActorRef listener)
        {
            (JobMessage Message, IActorRef Sender)? stuck = null;
            Receive<JobMessage>(_ => stuck is null, message =>
            {
                stuck = (message, Sender);
                listener.Tell(new Stuck(message));
            });
            Receive<JobMessage>(job.Forward);
            Receive<LetGo>(_ => job.Tell(stuck!.Value.Message, stuck.Value.Sender));
        }
    }

    /// <summary>The store, whose writes of one kind can be held up: each tells that it has come, and waits for a turn.</summary>
    public class HeldStore : DispatchProxy
    {
        internal IJobStore Inner { get; set; } = null!;

        internal Type? Held { get; set; }

        internal SemaphoreSlim Came { get; } = new(0);

        internal SemaphoreSlim Turns { get; } = new(0);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var held = args is [IReadOnlyList<StoreWrite> writes] && writes.Any(write => write.GetType() == Held);
            return held ? WriteAsync((IReadOnlyList<StoreWrite>)args![0]!) : targetMethod!.Invoke(Inner, args);
        }

        private async Task WriteAsync(IReadOnlyList<StoreWrite> writes)
        {
            Came.Release();
            await Turns.WaitAsync();
            await Inner.WriteAsync(writes);
        }
    }

    private IJobStore? _jobs;

    protected override IJobStore Jobs => _jobs ?? base.Jobs;

    private HeldStore HoldWrites()
    {
        _jobs = DispatchProxy.Create<IJobStore, HeldStore>();
        var store = (HeldStore)_jobs;
        store.Inner = Storage.Jobs;
        return store;
    }

    /// <summary>A closed job with what a client has posted and was told is durable.</summary>
    private async Task<IActorRef> HaveAsync()
    {
        var job = await OpenNewAsync(Id);
        await FillAsync(job);
        return job;
    }

    private static async Task FillAsync(IActorRef job)
    {
        await AskAsync<PieceAccepted>(job, Minutes(Id, 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob(Id));
    }

    private static async Task<long> RecordsAsync(IActorRef job) => (await AskAsync<JobStatsReply>(job, new GetJobStats(Id))).Status.Counts.InputRecords;

    private IActorRef Ask(JobMessage message, IActorRef jobs) =>
        Sys.ActorOf(Props.CreateBy(new Producer<JobRequest>(() => new JobRequest(message, TimeSpan.FromMinutes(1), jobs, _answer))));

    /// <summary>Asks for a reset whose first copy gets stuck.</summary>
    private (IActorRef Way, IActorRef Request) AskForReset(IActorRef job)
    {
        var way = Sys.ActorOf(Props.Create(typeof(StickyWay), job, TestActor));
        var request = Ask(new ResetJob(Id, "t"), way);
        ExpectMsg<StickyWay.Stuck>(Patience).Message.ShouldBeOfType<ResetJob>().Attempt.ShouldBe(1);
        return (way, request);
    }

    private static ResetJob Reset(int attempt = 1) => new(Id, "t") { Attempt = attempt };

    [Fact]
    public async Task A_copy_of_a_reset_that_comes_when_the_client_has_gone_on_long_since_destroys_nothing()
    {
        var job = await HaveAsync();
        var (way, request) = AskForReset(job);
        // A node dies, so the request is sent again, and that copy gets through.
        request.Tell(JobRequest.NodeGone.Instance);
        (await _answer.Task.WaitAsync(Patience)).ShouldBe(new Done(Id));
        (await RecordsAsync(job)).ShouldBe(0);
        await AskAsync<JobOpenedReply>(job, new OpenJob(Id));
        await FillAsync(job);

        way.Tell(new StickyWay.LetGo());
        // Comes behind it.
        await way.Ask<JobOpenedReply>(new OpenJob(Id), Patience);
        (await RecordsAsync(job)).ShouldBe(Records);
    }

    [Fact]
    public async Task A_reset_that_nobody_waits_for_any_more_is_not_begun()
    {
        var job = await HaveAsync();
        var (way, _) = AskForReset(job);
        // The client was told that nobody knows, or went away.
        _answer.SetCanceled();
        way.Tell(new StickyWay.LetGo());
        await way.Ask<JobOpenedReply>(new OpenJob(Id), Patience);
        (await RecordsAsync(job)).ShouldBe(Records);
    }

    [Fact]
    public async Task Two_copies_that_come_together_are_one_reset_and_one_answer()
    {
        var job = await HaveAsync();
        var (way, request) = AskForReset(job);
        way.Tell(new StickyWay.LetGo());
        request.Tell(JobRequest.NodeGone.Instance);
        (await _answer.Task.WaitAsync(Patience)).ShouldBe(new Done(Id));
        await way.Ask<JobOpenedReply>(new OpenJob(Id), Patience);
        await FillAsync(job);
        (await RecordsAsync(job)).ShouldBe(Records);
    }

    [Fact]
    public async Task What_comes_while_the_sender_is_asked_waits_in_its_order_and_the_state_can_be_looked_at()
    {
        var job = await HaveAsync();
        var (asker, client) = (CreateTestProbe(), CreateTestProbe());
        job.Tell(Reset(), asker);
        var claim = asker.ExpectMsg<Claim>(Patience);
        job.Tell(new OpenJob(Id), client);
        job.Tell(Minutes(Id, 0, 10), client);
        job.Tell(new GetJobStats(Id), client);
        // The one message that does not wait.
        client.ExpectMsg<JobStatsReply>(Patience).Status.ShouldSatisfyAllConditions(
            status => status.State.ShouldBe(JobState.Closed), status => status.Counts.InputRecords.ShouldBe(Records));
        asker.Reply(new ClaimAnswer(Id, claim.Number, Wanted: true));
        asker.ExpectMsg<Done>(Patience);
        // While it is reset it cannot be opened, and neither takes data.
        client.ExpectMsg<Refused>(Patience).Reason.ShouldContain("reset of it is under way");
        client.ExpectMsg<Refused>(Patience).Reason.ShouldContain("cannot post data");
        (await RecordsAsync(job)).ShouldBe(0);
    }

    [Fact]
    public async Task A_sender_that_has_ended_does_not_hold_the_job_up()
    {
        var job = await HaveAsync();
        var asker = CreateTestProbe();
        job.Tell(Reset(), asker);
        asker.ExpectMsg<Claim>(Patience);
        var began = Clock.GetTimestamp();
        Sys.Stop(asker);
        await AskAsync<JobOpenedReply>(job, new OpenJob(Id));
        Clock.GetElapsedTime(began).ShouldBeLessThan(JobActor.LongestClaim - TimeSpan.FromSeconds(1));
        (await RecordsAsync(job)).ShouldBe(Records);
    }

    [Fact]
    public async Task A_sender_that_says_nothing_is_given_up_and_told_once_to_ask_again()
    {
        var job = await HaveAsync();
        var asker = CreateTestProbe();
        job.Tell(Reset(), asker);
        var claim = asker.ExpectMsg<Claim>(Patience);
        await AskAsync<JobOpenedReply>(job, new OpenJob(Id));
        asker.ExpectMsg<Refused>(Patience).ShouldSatisfyAllConditions(refused => refused.Kind.ShouldBe(RefusalKind.Moving), refused => refused.Begun.ShouldBeFalse());
        // When it wakes up it says what it would have said; what it sends then comes behind.
        job.Tell(new ClaimAnswer(Id, claim.Number, Wanted: true), asker);
        job.Tell(new GetJobStats(Id), asker);
        asker.ExpectMsg<JobStatsReply>(Patience).Status.Counts.InputRecords.ShouldBe(Records);
    }

    [Fact]
    public async Task An_owner_that_leaves_while_it_asks_tells_the_sender_to_ask_the_next_one()
    {
        var job = await HaveAsync();
        var (asker, client) = (CreateTestProbe(), CreateTestProbe());
        job.Tell(Reset(), asker);
        asker.ExpectMsg<Claim>(Patience);
        job.Tell(new OpenJob(Id), client);
        job.Tell(JobActor.HandOver.Instance);
        foreach (var probe in (TestProbe[])[asker, client]) probe.ExpectMsg<Refused>(Patience).Kind.ShouldBe(RefusalKind.Moving);
        (await RecordsAsync(Incarnate(Id))).ShouldBe(Records);
    }

    [Fact]
    public async Task An_owner_that_starts_again_asks_again_and_takes_no_answer_to_the_one_before_it()
    {
        var job = await HaveAsync();
        var asker = CreateTestProbe();
        job.Tell(Reset(), asker);
        var first = asker.ExpectMsg<Claim>(Patience);
        await KillAsync(job);
        asker.ExpectMsg<Refused>(Patience).Kind.ShouldBe(RefusalKind.Moving);

        job = Incarnate(Id);
        job.Tell(Reset(attempt: 2), asker);
        var second = asker.ExpectMsg<Claim>(Patience);
        job.Tell(new ClaimAnswer(Id, first.Number, Wanted: true), asker);
        job.Tell(new ClaimAnswer(Id, second.Number, Wanted: false), asker);
        await AskAsync<JobOpenedReply>(job, new OpenJob(Id));
        (await RecordsAsync(job)).ShouldBe(Records);
    }

    [Fact]
    public async Task What_is_granted_while_records_are_written_is_done_when_they_are_durable()
    {
        var store = HoldWrites();
        var job = await OpenNewAsync(Id);
        var (asker, client) = (CreateTestProbe(), CreateTestProbe());
        store.Held = typeof(AppendInput);
        job.Tell(Minutes(Id, 0, 10), client);
        (await store.Came.WaitAsync(Patience)).ShouldBeTrue();
        // The next write begins when the close has had its turn, which is to be asked about.
        job.Tell(Minutes(Id, 10, 20), client);
        job.Tell(new CloseJob(Id) { Attempt = 2 }, asker);
        store.Turns.Release();
        var claim = asker.ExpectMsg<Claim>(Patience);
        (await store.Came.WaitAsync(Patience)).ShouldBeTrue();
        asker.Reply(new ClaimAnswer(Id, claim.Number, Wanted: true));
        job.Tell(new GetJobStats(Id), asker);
        asker.ExpectMsg<JobStatsReply>(Patience).Status.State.ShouldBe(JobState.Opened);
        store.Turns.Release();
        for (var piece = 0; piece < 2; piece++) client.ExpectMsg<PieceAccepted>(Patience);
        asker.ExpectMsg<JobClosedReply>(Patience);
        (await RecordsAsync(job)).ShouldBe(2 * Records);
    }

    [Fact]
    public async Task A_yes_to_a_second_copy_counts_for_nothing_when_the_first_was_answered_meanwhile()
    {
        var store = HoldWrites();
        var job = await HaveAsync();
        store.Held = typeof(DeleteWork);
        var asker = CreateTestProbe();
        job.Tell(Reset(), asker);
        asker.Reply(new ClaimAnswer(Id, asker.ExpectMsg<Claim>(Patience).Number, Wanted: true));
        (await store.Came.WaitAsync(Patience)).ShouldBeTrue();
        job.Tell(Reset(attempt: 2), asker);
        var claim = asker.ExpectMsg<Claim>(Patience);
        store.Turns.Release();
        asker.ExpectMsg<Done>(Patience);
        job.Tell(new ClaimAnswer(Id, claim.Number, Wanted: true), asker);
        await AskAsync<JobOpenedReply>(job, new OpenJob(Id));
    }

    [Fact]
    public async Task An_owner_that_has_just_begun_asks_also_about_records_since_they_may_have_been_on_their_way_to_the_last_one()
    {
        var job = await OpenNewAsync(Id);
        var asker = CreateTestProbe();
        job.Tell(Minutes(Id, 0, 10) with { Attempt = 1 }, asker);
        var claim = asker.ExpectMsg<Claim>(Patience);
        asker.Reply(new ClaimAnswer(Id, claim.Number, Wanted: false));
        (await AskAsync<PieceAccepted>(job, Minutes(Id, 0, 10))).Counts.InputRecords.ShouldBe(Records);
    }

    [Fact]
    public void Who_has_long_been_the_owner_asks_about_what_destroys_or_was_sent_before_and_never_about_what_has_no_sender_to_ask()
    {
        foreach (var message in new JobMessage[] { new ResetJob(Id, "t"), new DeleteJob(Id, Force: false, "t"), new RemoveSnapshot(Id, "1") })
        {
            Claims.Asks(message with { Attempt = 1 }, newOwner: false).ShouldBeTrue();
            Claims.Asks(message, newOwner: true).ShouldBeFalse();
        }
        foreach (var message in new JobMessage[] { Minutes(Id, 0, 1), new CloseJob(Id), new OpenJob(Id) })
        {
            Claims.Asks(message with { Attempt = 1 }, newOwner: false).ShouldBeFalse();
            Claims.Asks(message with { Attempt = 2 }, newOwner: false).ShouldBeTrue();
            Claims.Asks(message with { Attempt = 1 }, newOwner: true).ShouldBeTrue();
        }
        Claims.Asks(new GetJobStats(Id) { Attempt = 2 }, newOwner: true).ShouldBeFalse();
    }
}
