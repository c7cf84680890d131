using System.Collections.Concurrent;
using System.Diagnostics;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Tests.Running;

namespace MlActors.Jobs.Tests.Observing;

/// <summary>What is done for a request is found again from it, through mailboxes and writes.</summary>
public sealed class TraceTests : JobHarness
{
    private const string Untraced = "untraced";

    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == JobTraces.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            // Other tests run at the same time.
            ActivityStopped = span =>
            {
                if (span.TraceId == _trace || (string?)span.GetTagItem("mlactors.job") == Untraced) _ended.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    protected override void AfterAll()
    {
        _listener.Dispose();
        base.AfterAll();
    }

    [Fact]
    public async Task Records_are_traced_to_their_results_and_a_command_to_its_events()
    {
        var request = ActivitySpanId.CreateRandom();
        var parent = $"00-{_trace.ToHexString()}-{request.ToHexString()}-01";
        var job = Incarnate("j");
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j") { TraceParent = parent });
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10) with { TraceParent = parent });
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AwaitConditionAsync(() => Task.FromResult(_ended.Any(span => span.OperationName == "results.write")), Patience, TimeSpan.FromMilliseconds(10));

        var spans = _ended.ToDictionary(span => span.OperationName);
        spans.Keys.ShouldBe(["job.command", "job.append", "analysis.fold", "results.write"], ignoreOrder: true);
        spans["job.command"].GetTagItem("mlactors.command").ShouldBe("OpenJob");
        spans["job.command"].ParentSpanId.ShouldBe(request);
        spans["job.append"].ParentSpanId.ShouldBe(request);
        spans["analysis.fold"].ParentSpanId.ShouldBe(spans["job.append"].SpanId);
        spans["results.write"].ParentSpanId.ShouldBe(spans["analysis.fold"].SpanId);
        spans.Values.ShouldAllBe(span => (string?)span.GetTagItem("mlactors.job") == "j" && span.Status == ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task What_is_not_traced_leaves_no_span()
    {
        var job = await OpenNewAsync(Untraced);
        await AskAsync<PieceAccepted>(job, Minutes(Untraced, 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob(Untraced));
        _ended.ShouldBeEmpty();
    }
}
