using System.Reflection;
using Akka.Actor;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Tests.Running;

/// <summary>Somebody sets the clock of the machine while a job is opening and makes no progress.</summary>
public sealed class ClockJumpTests : JobHarness
{
    private const string Id = "j";

    private readonly JumpingClock _clock = new();
    private readonly TaskCompletionSource _mayRead = new();
    private IContextStore? _contexts;

    private sealed class JumpingClock : TimeProvider
    {
        /// <summary>By how much the wall clock is wrong.</summary>
        public TimeSpan Off { get; set; }

        /// <summary>Time that passed besides what really did.</summary>
        public TimeSpan Passed { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Off + Passed;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Passed.TotalSeconds * TimestampFrequency);
    }

    /// <summary>Reads no context until it is let.</summary>
    public class SlowContexts : DispatchProxy
    {
        internal IContextStore Store { get; set; } = null!;

        internal Task MayRead { get; set; } = Task.CompletedTask;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            return targetMethod!.Name == nameof(IContextStore.ReadContextAsync) ? ReadAsync() : targetMethod.Invoke(Store, args);

            async Task<StoredContext> ReadAsync()
            {
                await MayRead;
                return await (Task<StoredContext>)targetMethod.Invoke(Store, args)!;
            }
        }
    }

    protected override TimeProvider Clock => _clock;

    protected override RunningOptions Options => new() { TransitionRetries = 0 };

    protected override IContextStore Contexts => _contexts ??= MakeContexts();

    private IContextStore MakeContexts()
    {
        var contexts = DispatchProxy.Create<IContextStore, SlowContexts>();
        ((SlowContexts)contexts).Store = Storage.Contexts;
        ((SlowContexts)contexts).MayRead = _mayRead.Task;
        return contexts;
    }

    private async Task<IActorRef> BeginToOpenAsync()
    {
        var job = Incarnate(Id);
        await AskAsync<Done>(job, new CreateJob(Config(Id)));
        job.Tell(new OpenJob(Id) { NotifyAccepted = true }, TestActor);
        ExpectMsg<Accepted>(Patience);
        return job;
    }

    private static async Task<JobState> StateAfterATickAsync(IActorRef job)
    {
        job.Tell(JobActor.Tick.Instance);
        return (await AskAsync<JobStatsReply>(job, new GetJobStats(Id))).Status.State;
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_makes_no_opening_overdue()
    {
        var job = await BeginToOpenAsync();
        // More than once: the analysis may have made progress after the first.
        for (var hour = 1; hour <= 3; hour++)
        {
            _clock.Off = TimeSpan.FromHours(hour);
            (await StateAfterATickAsync(job)).ShouldBe(JobState.Opening);
        }
        _mayRead.SetResult();
        ExpectMsg<JobOpenedReply>(Patience);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_hides_no_opening_that_stands_still()
    {
        var job = await BeginToOpenAsync();
        // More than once: the analysis may have made progress after the first.
        for (var hour = 1; hour <= 3; hour++)
        {
            _clock.Off = TimeSpan.FromHours(-hour);
            _clock.Passed += Options.TransitionDeadline + TimeSpan.FromSeconds(1);
            await StateAfterATickAsync(job);
        }
        (await StateAfterATickAsync(job)).ShouldBe(JobState.Failed);
    }
}
