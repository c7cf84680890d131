using Akka.Actor;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Requests;

namespace MlActors.Jobs.Closing;

/// <summary>
/// Owns what this node does for requests: one <see cref="BulkCoordinator"/> each, and single commands that nobody waits for. Remembers how they
/// ended for an hour, bounded in number, and tells other nodes, too. A task is only a view: the work itself is in the jobs, and goes on if this node dies.
/// </summary>
public sealed class TaskRegistry : ReceiveActor, IWithTimers
{
    public sealed record StartBulk(string TaskId, BulkRequest Request);

    /// <summary>Of the actor, one on each node.</summary>
    internal const string Name = "tasks";

    public sealed record RunBulk(BulkRequest Request);

    public sealed record StartCommand(string TaskId, JobCommand Command);

    private sealed record Running(string Action, IActorRef? Coordinator, long StartedMs, long Began, TaskProgress? Ended);

    private sealed record CommandEnded(string TaskId, JobReply Reply);

    private sealed record Forget(string TaskId);

    private static readonly TimeSpan Remember = TimeSpan.FromHours(1);
    private const int MaxRemembered = 1000;

    private readonly IActorRef _jobs;
    private readonly NodeIdentity _node;
    private readonly TimeProvider _time;
    private readonly BulkCoordinator.Options _options;
    private readonly Dictionary<string, Running> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _coordinators = [];
    private readonly Queue<string> _ended = new();

    public TaskRegistry(IActorRef jobs, NodeIdentity node, TimeProvider time, BulkCoordinator.Options options)
    {
        (_jobs, _node, _time, _options) = (jobs, node, time, options);
        Receive<RunBulk>(run => Coordinate(run.Request).Tell(BulkCoordinator.Await.Instance, Sender));
        Receive<StartBulk>(start =>
        {
            var coordinator = Coordinate(start.Request);
            _coordinators[coordinator] = start.TaskId;
            _tasks[start.TaskId] = New(start.Request.Operation == BulkOperation.Open ? "ml/jobs/open" : "ml/jobs/close", coordinator);
        });
        Receive<StartCommand>(start =>
        {
            _tasks[start.TaskId] = New(start.Command is DeleteJob ? "ml/job/delete" : "ml/job/reset", null);
            Context.ActorOf(Props.Create(typeof(SingleCommand), start.TaskId, start.Command, _jobs, _options.JobsMove));
        });
        Receive<BulkProgress>(ended =>
        {
            Context.Stop(Sender);
            if (_coordinators.Remove(Sender, out var id)) End(id, task => Progress(id, task) with { Completed = true, Bulk = ended });
        });
        Receive<CommandEnded>(ended => End(ended.TaskId, task => Progress(ended.TaskId, task) with { Completed = true, Refusal = ended.Reply as Refused }));
        Receive<FindTask>(OnFind);
        Receive<Forget>(forget => _tasks.Remove(forget.TaskId));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private Running New(string action, IActorRef? coordinator) => new(action, coordinator, _time.GetUtcNow().ToUnixTimeMilliseconds(), _time.GetTimestamp(), null);

    private IActorRef Coordinate(BulkRequest request) => Context.ActorOf(Props.Create(typeof(BulkCoordinator), request, _jobs, _time, _options));

    private TaskProgress Progress(string id, Running task) =>
        task.Ended ?? new TaskProgress(id, task.Action, false, task.StartedMs, _time.GetElapsedTime(task.Began).TotalMilliseconds, null, null);

    private void End(string id, Func<Running, TaskProgress> progress)
    {
        if (!_tasks.TryGetValue(id, out var task)) return;
        _tasks[id] = task with { Coordinator = null, Ended = progress(task) };
        _ended.Enqueue(id);
        Timers.StartSingleTimer(id, new Forget(id), Remember);
        while (_ended.Count > MaxRemembered) _tasks.Remove(_ended.Dequeue());
    }

    private void OnFind(FindTask find)
    {
        if (!_tasks.TryGetValue(find.TaskId, out var task))
        {
            Sender.Tell(new TaskFound(_node.Id, null));
            return;
        }
        var progress = Progress(find.TaskId, task);
        if (task.Coordinator is null)
        {
            Sender.Tell(new TaskFound(_node.Id, progress));
            return;
        }
        task.Coordinator.Ask<BulkProgress>(BulkCoordinator.GetProgress.Instance, TimeSpan.FromSeconds(5))
            .PipeTo(Sender, success: bulk => new TaskFound(_node.Id, progress with { Bulk = bulk }), failure: _ => new TaskFound(_node.Id, progress));
    }

    /// <summary>Sends one command until it is answered.</summary>
    private sealed class SingleCommand : ReceiveActor
    {
        public SingleCommand(string taskId, JobCommand command, IActorRef jobs, bool jobsMove)
        {
            var attempts = 0;
            SetReceiveTimeout(TimeSpan.FromSeconds(30));
            Receive<ReceiveTimeout>(_ => Send());
            // It ends with its answer; until then it is wanted.
            Receive<Claim>(claim => Sender.Tell(new ClaimAnswer(command.JobId, claim.Number, Wanted: true)));
            // It is on its way to another node: the next time-out asks there.
            Receive<Refused>(refused => refused.Kind == RefusalKind.Moving, _ => SetReceiveTimeout(TimeSpan.FromSeconds(1)));
            Receive<JobReply>(reply =>
            {
                Context.Parent.Tell(new CommandEnded(taskId, attempts > 1 ? Repetition.Understand(command, reply) : reply));
                Context.Stop(Self);
            });
            Send();

            void Send()
            {
                attempts++;
                jobs.Tell(jobsMove ? command with { Attempt = attempts } : command);
            }
        }
    }
}
