using Akka.Actor;
using Akka.TestKit.Xunit2;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Requests;

namespace MlActors.Jobs.Tests.Closing;

public sealed class TaskRegistryTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly NodeIdentity Node = new("node", "n", "e", "127.0.0.1");

    [Fact]
    public void A_command_of_a_task_is_wanted_until_it_is_answered()
    {
        var jobs = CreateTestProbe();
        var registry = Sys.ActorOf(Props.Create(typeof(TaskRegistry), jobs.Ref, Node, TimeProvider.System, new BulkCoordinator.Options(1, Patience) { JobsMove = true }));
        registry.Tell(new TaskRegistry.StartCommand("t", new ResetJob("j", "t")));
        jobs.ExpectMsg<ResetJob>(Patience).Attempt.ShouldBe(1);
        jobs.Reply(new Claim("j", 7));
        jobs.ExpectMsg<ClaimAnswer>(Patience).ShouldBe(new ClaimAnswer("j", 7, Wanted: true));
        var sender = jobs.LastSender;
        Watch(sender);
        jobs.Reply(new Done("j"));
        ExpectTerminated(sender, Patience);
    }

    [Fact]
    public async Task A_job_whose_deletion_ended_while_it_moved_was_deleted_and_is_not_missing()
    {
        var jobs = CreateTestProbe();
        var registry = Sys.ActorOf(Props.Create(typeof(TaskRegistry), jobs.Ref, Node, TimeProvider.System, new BulkCoordinator.Options(1, Patience)));
        registry.Tell(new TaskRegistry.StartCommand("t", new DeleteJob("j", Force: true, "t")));
        jobs.ExpectMsg<DeleteJob>(Patience);
        jobs.Reply(new Refused("j", RefusalKind.Moving, "moves", Begun: true));
        jobs.ExpectMsg<DeleteJob>(Patience);
        jobs.Reply(new Refused("j", RefusalKind.NotFound, "no job"));
        await AwaitAssertAsync(async () =>
        {
            var task = (await registry.Ask<TaskFound>(new FindTask("t"), Patience)).Task.ShouldNotBeNull();
            (task.Completed, task.Refusal).ShouldBe((true, null));
        }, Patience);
    }
}
