using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Requests;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Tests.Requests;

public sealed class JobRequestTests : TestKit
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestProbe _jobs;
    private readonly TaskCompletionSource<JobReply> _answer = new();

    public JobRequestTests() => _jobs = CreateTestProbe();

    private IActorRef Send(JobMessage message, TimeSpan? time = null) =>
        Sys.ActorOf(Props.CreateBy(new Producer<JobRequest>(() => new JobRequest(message, time ?? Long, _jobs, _answer))));

    private T Arrives<T>() => _jobs.ExpectMsg<T>(Patience);

    private Task<JobReply> AnswerAsync() => _answer.Task.WaitAsync(Patience);

    private static CreateJob Create() => new(new JobConfig { JobId = "j", AnalysisConfig = new AnalysisConfig() });

    private static PostRecords Post(string? batchId) => new("j", new RecordBatch(new BatchSchema([]), 0, [], [], default), batchId, 0, Last: true);

    [Fact]
    public async Task The_reply_of_the_job_is_the_answer()
    {
        Send(new CloseJob("j"));
        Arrives<CloseJob>();
        _jobs.Reply(new JobClosedReply("j", AlreadyClosed: false, 7));
        (await AnswerAsync()).ShouldBe(new JobClosedReply("j", AlreadyClosed: false, 7));
    }

    [Fact]
    public async Task A_job_that_is_going_to_another_node_is_asked_again_whatever_it_was_asked_because_nothing_happened()
    {
        Send(Create());
        Arrives<CreateJob>();
        _jobs.Reply(new Refused("j", RefusalKind.Moving, "moves"));
        Arrives<CreateJob>();
        _jobs.Reply(new Done("j"));
        (await AnswerAsync()).ShouldBe(new Done("j"));
    }

    [Fact]
    public async Task What_has_begun_when_the_job_goes_to_another_node_is_not_refused_there_because_it_has_happened()
    {
        Send(new OpenJob("j"));
        Arrives<OpenJob>().Join.ShouldBeFalse();
        _jobs.Reply(new Refused("j", RefusalKind.Moving, "moves", Begun: true));
        Arrives<OpenJob>().Join.ShouldBeTrue();
        _jobs.Reply(new JobOpenedReply("j", "n"));
        (await AnswerAsync()).ShouldBe(new JobOpenedReply("j", "n"));
    }

    [Fact]
    public async Task What_has_not_begun_when_the_job_goes_to_another_node_is_asked_there_as_if_for_the_first_time()
    {
        Send(new OpenJob("j"));
        Arrives<OpenJob>();
        _jobs.Reply(new Refused("j", RefusalKind.Moving, "moves"));
        Arrives<OpenJob>().Join.ShouldBeFalse();
        _jobs.Reply(new Refused("j", RefusalKind.Conflict, "it is opened"));
        (await AnswerAsync()).ShouldBe(new Refused("j", RefusalKind.Conflict, "it is opened"));
    }

    [Fact]
    public async Task When_a_node_is_gone_the_job_is_asked_again_so_that_what_has_happened_is_confirmed()
    {
        var request = Send(new OpenJob("j"));
        Arrives<OpenJob>().Join.ShouldBeFalse();
        request.Tell(JobRequest.NodeGone.Instance);
        Arrives<OpenJob>().Join.ShouldBeTrue();
        _jobs.Reply(new JobOpenedReply("j", "n"));
        (await AnswerAsync()).ShouldBe(new JobOpenedReply("j", "n"));
    }

    [Fact]
    public async Task A_job_that_is_gone_when_it_is_asked_to_be_deleted_again_was_deleted()
    {
        var request = Send(new DeleteJob("j", Force: true, "t"));
        Arrives<DeleteJob>();
        request.Tell(JobRequest.NodeGone.Instance);
        Arrives<DeleteJob>();
        _jobs.Reply(new Refused("j", RefusalKind.NotFound, "no job"));
        (await AnswerAsync()).ShouldBe(new Done("j"));
    }

    [Fact]
    public async Task What_must_not_happen_twice_is_not_sent_twice_and_the_answer_is_that_nobody_knows()
    {
        foreach (var message in new JobMessage[] { Create(), Post(batchId: null) }) Repetition.Of(message).ShouldBeNull();
        Repetition.Of(Post("upload")).ShouldNotBeNull();
        var request = Send(Create());
        Arrives<CreateJob>();
        request.Tell(JobRequest.NodeGone.Instance);
        var refused = (await AnswerAsync()).ShouldBeOfType<Refused>();
        refused.Kind.ShouldBe(RefusalKind.Unavailable);
        refused.Reason.ShouldContain("cannot be known");
        _jobs.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_waits_for_an_answer_says_so_when_the_owner_asks_and_who_has_one_is_gone()
    {
        var request = Watch(Send(new ResetJob("j", "t")));
        Arrives<ResetJob>().Attempt.ShouldBe(1);
        _jobs.Reply(new Claim("j", 7));
        Arrives<ClaimAnswer>().ShouldBe(new ClaimAnswer("j", 7, Wanted: true));
        request.Tell(JobRequest.NodeGone.Instance);
        Arrives<ResetJob>().Attempt.ShouldBe(2);
        _jobs.Reply(new Done("j"));
        (await AnswerAsync()).ShouldBe(new Done("j"));
        ExpectTerminated(request, Patience);
    }

    [Fact]
    public void What_nobody_waits_for_any_more_is_not_wanted_and_not_sent_again()
    {
        var request = Watch(Send(new ResetJob("j", "t")));
        Arrives<ResetJob>();
        _answer.SetCanceled();
        _jobs.Reply(new Claim("j", 7));
        Arrives<ClaimAnswer>().Wanted.ShouldBeFalse();
        request.Tell(JobRequest.NodeGone.Instance);
        ExpectTerminated(request, Patience);
        _jobs.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task A_job_that_stays_silent_is_given_up_when_the_time_is_over()
    {
        Send(new GetJobStats("j"), TimeSpan.FromMilliseconds(50));
        (await Should.ThrowAsync<JobTimeoutException>(AnswerAsync)).Message.ShouldContain("[j]");
    }
}
