using Akka.Actor;
using Akka.Event;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Results;

namespace MlActors.Jobs.Datafeeds;

/// <summary>What datafeeds work with; one for all of a node.</summary>
public sealed record DatafeedServices(IDatafeedSources Sources, IResults Results, DatafeedOptions Options);

/// <summary>Ties a run of a datafeed to the life of its job's actor: it runs as long as this child lives.</summary>
internal sealed class DatafeedActor : ReceiveActor
{
    private sealed record Ended(Exception? Cause);

    private readonly CancellationTokenSource _cancellation = new();
    private readonly DatafeedStart _start;
    private readonly DatafeedServices _services;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public DatafeedActor(DatafeedStart start, DatafeedServices services, TimeProvider time)
    {
        (_start, _services, _time) = (start, services, time);
        var (job, self, run) = (Context.Parent, Self, start.Run.Number);
        Receive<Ended>(ended =>
        {
            if (ended.Cause is null) return;
            // A source that cannot even be opened, or a defect: the run is over, and says why.
            _log.Error(ended.Cause, "Datafeed {0} stopped", start.Config.DatafeedId);
            job.Tell(new DatafeedFinished(start.Job.JobId, run, ended.Cause.Message, Close: false) { Feed = self });
        });
    }

    protected override void PreStart()
    {
        var (job, self, token) = (Context.Parent, Self, _cancellation.Token);
        Task.Run(() => RunAsync(job, self, token)).PipeTo(Self, success: () => new Ended(null), failure: cause => new Ended(cause));
    }

    protected override void PostStop() => _cancellation.Cancel();

    private async Task RunAsync(IActorRef job, IActorRef self, CancellationToken cancellation)
    {
        await using var source = _services.Sources.Open(_start.Config, _start.Job);
        var delayed = new DelayedDataCheck(_start.Config, _start.Job, _services.Results, _services.Options.DelayedCheckEvery);
        await new DatafeedRunner(_start, source, job, self, delayed, _time, _services.Options).RunAsync(cancellation);
    }
}
