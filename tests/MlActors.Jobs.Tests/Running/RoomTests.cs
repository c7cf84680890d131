using Akka.Actor;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Placing;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Tests.Running;

/// <summary>Jobs on a node that has one place.</summary>
public sealed class RoomTests : JobHarness
{
    protected override NodeRoom Room { get; } = new(new RoomLimits(1, long.MaxValue), "small");

    protected override RunningOptions Options => new() { SeekPlaceAfter = TimeSpan.FromMilliseconds(200) };

    private async Task<IActorRef> NewAsync(string jobId, bool lazy = false, RunningOptions? options = null)
    {
        var job = Incarnate(jobId, options);
        await AskAsync<Done>(job, new CreateJob(Config(jobId) with { AllowLazyOpen = lazy }));
        return job;
    }

    /// <summary>A lazy job that waits, because <c>first</c> has the only place.</summary>
    private async Task<(IActorRef First, IActorRef Lazy)> WaitingAsync(RunningOptions? options = null)
    {
        var (first, lazy) = (await OpenNewAsync("first"), await NewAsync("lazy", lazy: true, options));
        (await AskAsync<JobOpenedReply>(lazy, new OpenJob("lazy"))).NodeId.ShouldBe("");
        return (first, lazy);
    }

    private async Task ShouldWaitAsync(IActorRef job, string jobId)
    {
        var stats = await AskAsync<JobStatsReply>(job, new GetJobStats(jobId));
        stats.Status.State.ShouldBe(JobState.Opening);
        stats.Status.NodeId.ShouldBeNull();
        stats.Status.Deadline.ShouldBeNull();
        stats.Status.Reason!.ShouldContain("node [small] is full");
    }

    private async Task ShouldOpenAsync(string jobId) =>
        await AwaitConditionAsync(async () => await StoredStateAsync(jobId) == JobState.Opened, Patience, TimeSpan.FromMilliseconds(10));

    [Fact]
    public async Task Of_two_opens_for_the_last_place_one_is_refused_and_nothing_of_it_happened()
    {
        var (a, b) = (await NewAsync("a"), await NewAsync("b"));
        var replies = await Task.WhenAll(a.Ask<JobReply>(new OpenJob("a"), Patience), b.Ask<JobReply>(new OpenJob("b"), Patience));
        var opened = replies.OfType<JobOpenedReply>().ShouldHaveSingleItem();
        var refused = replies.OfType<Refused>().ShouldHaveSingleItem();
        refused.Kind.ShouldBe(RefusalKind.TooMany);
        refused.Reason.ShouldStartWith($"could not open job [{refused.JobId}] because no suitable nodes were found, allocation explanation [node [small] is full");
        (await StoredStateAsync(refused.JobId)).ShouldBe(JobState.Closed);

        await AskAsync<JobClosedReply>(opened.JobId == "a" ? a : b, new CloseJob(opened.JobId));
        await AskAsync<JobOpenedReply>(opened.JobId == "a" ? b : a, new OpenJob(refused.JobId));
    }

    [Fact]
    public async Task A_place_is_given_back_when_the_owner_stops_and_by_a_forced_close()
    {
        var (first, second) = (await OpenNewAsync("first"), await NewAsync("second"));
        await KillAsync(first);
        Room.Taken.Jobs.ShouldBe(0);
        await AskAsync<JobOpenedReply>(second, new OpenJob("second"));
        await AskAsync<JobClosedReply>(second, new ForceCloseJob("second"));
        Room.Taken.Jobs.ShouldBe(0);
    }

    [Fact]
    public async Task An_open_job_goes_on_after_a_crash_also_where_there_is_no_room_for_it()
    {
        var first = await OpenNewAsync("first");
        await KillAsync(first);
        await OpenNewAsync("second");
        first = Incarnate("first");
        await AskAsync<PieceAccepted>(first, Minutes("first", 0, 1));
        Room.Taken.Jobs.ShouldBe(2);
    }

    [Fact]
    public async Task A_lazy_job_waits_and_opens_when_there_is_room()
    {
        var (first, lazy) = await WaitingAsync();
        await ShouldWaitAsync(lazy, "lazy");
        (await AskAsync<Refused>(lazy, Minutes("lazy", 0, 1))).Kind.ShouldBe(RefusalKind.Conflict);
        (await AskAsync<JobOpenedReply>(lazy, new OpenJob("lazy", Join: true))).NodeId.ShouldBe("");
        await AskAsync<JobClosedReply>(first, new CloseJob("first"));
        await ShouldOpenAsync("lazy");
        var status = (await Storage.Jobs.ReadStatusAsync("lazy"))!;
        (status.NodeId, status.Reason).ShouldBe((Node.Id, null));
        await AskAsync<PieceAccepted>(lazy, Minutes("lazy", 0, 1));
    }

    [Fact]
    public async Task After_a_crash_the_next_owner_goes_on_waiting_or_opens_if_there_is_room_by_then()
    {
        var (first, lazy) = await WaitingAsync();
        await KillAsync(lazy);
        lazy = Incarnate("lazy");
        await ShouldWaitAsync(lazy, "lazy");
        await KillAsync(lazy);
        await AskAsync<JobClosedReply>(first, new CloseJob("first"));
        (await StoredStateAsync("lazy")).ShouldBe(JobState.Opening);
        Incarnate("lazy");
        await ShouldOpenAsync("lazy");
    }

    [Fact]
    public async Task When_a_node_starts_again_the_open_job_has_its_place_before_the_one_that_waits()
    {
        var (first, lazy) = await WaitingAsync();
        await KillAsync(lazy);
        await KillAsync(first);
        lazy = Incarnate("lazy", new RunningOptions { SeekPlaceAfter = TimeSpan.FromHours(1) });
        await ShouldWaitAsync(lazy, "lazy");
        first = Incarnate("first");
        await AskAsync<PieceAccepted>(first, Minutes("first", 0, 1));
        await ShouldWaitAsync(lazy, "lazy");
        Room.Taken.Jobs.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_waits_closes_at_once_and_its_place_goes_to_the_next(bool force)
    {
        var (first, lazy) = await WaitingAsync();
        var next = await NewAsync("next", lazy: true);
        await AskAsync<JobOpenedReply>(next, new OpenJob("next"));
        await AskAsync<JobClosedReply>(lazy, force ? new ForceCloseJob("lazy") : new CloseJob("lazy"));
        (await StoredStateAsync("lazy")).ShouldBe(JobState.Closed);
        await AskAsync<JobClosedReply>(first, new CloseJob("first"));
        await ShouldOpenAsync("next");
        (await StoredStateAsync("lazy")).ShouldBe(JobState.Closed);
    }

    [Fact]
    public async Task A_job_that_waits_can_be_deleted_by_force()
    {
        var (_, lazy) = await WaitingAsync();
        await AskAsync<Done>(lazy, new DeleteJob("lazy", Force: true, "t"));
        (await StoredStateAsync("lazy")).ShouldBeNull();
    }
}
