using MlActors.Jobs.Datafeeds;

namespace MlActors.Jobs.Lifecycle;

public static partial class JobLifecycle
{
    private static JobEvent[] Created(CreateJob create, long now) =>
        create.Datafeed is { } datafeed ? [new JobCreated(now, create.Config), new DatafeedPut(now, datafeed)] : [new JobCreated(now, create.Config)];

    private static Decision DecideDatafeed(JobLifecycleState state, DatafeedCommand command, long now, LifecycleDeadlines deadlines)
    {
        if (state.Blocked != BlockedReason.None && command is not StopDatafeed) return BlockedRefusal(state, "change the datafeed of");
        if (command is PutDatafeed put) return DecidePut(state, put, now);
        if (state.Datafeed is not { } datafeed || (command.DatafeedId is { } id && datafeed.DatafeedId != id))
            return Refuse(RefusalKind.NotFound, $"no datafeed with id [{command.DatafeedId}] exists");
        return command switch
        {
            UpdateDatafeed => state.Feeding is null ? new Decision.Happens() : Running(state, "update"),
            DeleteDatafeed delete => DecideRemove(state, delete, now),
            StartDatafeed start => DecideStart(state, start, now),
            StopDatafeed stop => DecideStop(state, stop, now, deadlines),
            _ => throw new ArgumentException($"no rule for {command.GetType().Name}", nameof(command)),
        };
    }

    private static Decision DecidePut(JobLifecycleState state, PutDatafeed put, long now)
    {
        if (state.Datafeed is null) return Happen(new DatafeedPut(now, put.Config));
        return state.Datafeed.DatafeedId == put.Config.DatafeedId
            ? Refuse(RefusalKind.AlreadyExists, $"a datafeed with id [{put.Config.DatafeedId}] exists already")
            : Refuse(RefusalKind.Conflict, $"job [{put.JobId}] has the datafeed [{state.Datafeed.DatafeedId}] already; a job has one: delete or update it");
    }

    private static Decision DecideRemove(JobLifecycleState state, DeleteDatafeed delete, long now)
    {
        if (state.Feeding is null) return Happen(new DatafeedRemoved(now));
        return delete.Force ? Happen(new DatafeedStopped(now, null), new DatafeedRemoved(now)) : Running(state, "delete");
    }

    private static Decision DecideStart(JobLifecycleState state, StartDatafeed start, long now)
    {
        if (state.Feeding is not null) return Refuse(RefusalKind.Conflict, $"cannot start datafeed [{start.DatafeedId}] because it has already been started");
        if (state.State is not (JobState.Opening or JobState.Opened))
        {
            return Refuse(RefusalKind.Conflict,
                $"cannot start datafeed [{start.DatafeedId}] because its job [{start.JobId}] is {Name(state.State)}; it must be opened");
        }
        if (start.EndMs <= start.StartMs) return Refuse(RefusalKind.Invalid, $"cannot start datafeed [{start.DatafeedId}]: [end] must be later than [start]");
        return Happen(new DatafeedStarted(now, new DatafeedRun(state.FeedRuns + 1, start.StartMs, start.EndMs, now)));
    }

    /// <summary>A run with an end is half of a whole that ends with a closed job: who stops it before, ends that whole.</summary>
    private static Decision DecideStop(JobLifecycleState state, StopDatafeed stop, long now, LifecycleDeadlines deadlines)
    {
        var closes = state.State is JobState.Opening or JobState.Opened && (stop.CloseJob ?? state.Feeding?.EndMs is not null);
        var closing = new JobClosing(now, Forced: state.WaitsForRoom, now + deadlines.Closing);
        if (state.Feeding is null) return closes ? Happen(closing) : new Decision.Confirmed();
        return closes ? Happen(new DatafeedStopped(now, null), closing) : Happen(new DatafeedStopped(now, null));
    }

    private static Decision DecideDatafeedEnded(JobLifecycleState state, JobFact.DatafeedEnded ended, long now)
    {
        if (state.Feeding?.Number != ended.Run) return new Decision.Confirmed();
        var stopped = new DatafeedStopped(now, ended.Reason);
        return ended.CloseDeadline is { } deadline ? Happen(stopped, new JobClosing(now, Forced: state.WaitsForRoom, deadline)) : Happen(stopped);
    }

    private static Decision.Refuses Running(JobLifecycleState state, string what) => Refuse(RefusalKind.Conflict,
        $"cannot {what} datafeed [{state.Datafeed!.DatafeedId}] while it is {Name(StateOf(state))}; stop it first");

    /// <summary>The state of the datafeed in the API.</summary>
    public static DatafeedState StateOf(JobLifecycleState state) => (state.Feeding, state.State) switch
    {
        (null, _) => DatafeedState.Stopped,
        (_, JobState.Opened) => DatafeedState.Started,
        _ => DatafeedState.Starting,
    };

    /// <summary>The name of a state in the API.</summary>
    public static string Name(DatafeedState state) => state switch
    {
        DatafeedState.Stopped => "stopped",
        DatafeedState.Starting => "starting",
        DatafeedState.Started => "started",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state"),
    };
}
