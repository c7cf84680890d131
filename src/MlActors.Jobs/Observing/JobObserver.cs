using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Observing;

/// <summary>
/// What the jobs of this node are doing, told by their actors: a list for whoever wants to look, and metrics in the meter <see cref="MeterName"/>.
/// Metrics of single jobs are given for a bounded number of jobs only, those that wait most and, among equals, those with the largest models: a node may
/// have a hundred thousand.
/// </summary>
public sealed class JobObserver : IDisposable
{
    public const string MeterName = "MlActors.Jobs";

    private readonly ConcurrentDictionary<string, LiveJob> _jobs = new(StringComparer.Ordinal);
    private readonly Meter _meter = new(MeterName, ServerInfo.Version);
    private readonly Counter<long> _records;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _buckets;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _transitions;
    private readonly TimeProvider _time;
    private readonly int _most;

    /// <param name="most">Of how many jobs there are metrics of their own; 0 for none.</param>
    public JobObserver(TimeProvider time, int most = 0)
    {
        (_time, _most) = (time, most);
        _records = _meter.CreateCounter<long>("mlactors.job.records", "{record}", "Records accepted, by outcome: processed, or dropped as invalid_date or out_of_order.");
        _bytes = _meter.CreateCounter<long>("mlactors.job.input", "By", "Accepted input, as it was sent.");
        _buckets = _meter.CreateCounter<long>("mlactors.job.buckets", "{bucket}", "Buckets that were finished.");
        _failures = _meter.CreateCounter<long>("mlactors.job.failures", "{job}", "Jobs that failed.");
        _transitions = _meter.CreateHistogram("mlactors.job.transition.duration", "s", "How long opening and closing took, by transition.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });
        _meter.CreateObservableGauge("mlactors.jobs", ByState, "{job}", "Jobs that have an actor on this node, by state.");
        _meter.CreateObservableGauge("mlactors.jobs.model.memory", () => _jobs.Values.Sum(job => job.ModelBytes), "By", "Memory of the models on this node.");
        _meter.CreateObservableGauge("mlactors.jobs.waiting", () => _jobs.Values.Sum(job => job.WaitingBytes), "By", "Accepted input that is not analysed yet, of all jobs.");
        _meter.CreateObservableGauge("mlactors.jobs.datafeeds", () => _jobs.Values.Count(job => job.HasDatafeed), "{datafeed}", "Datafeeds that run on this node.");
        _meter.CreateObservableGauge("mlactors.job.model.memory", () => OfEach(job => job.ModelBytes), "By", "Memory of the model of a job.");
        _meter.CreateObservableGauge("mlactors.job.waiting", () => OfEach(job => job.WaitingBytes), "By", "Accepted input of a job that is not analysed yet.");
        _meter.CreateObservableGauge("mlactors.job.behind", () => OfEach(Behind), "s", "How long a job has had input that is not analysed yet.");
    }

    /// <summary>The jobs of this node, in no order.</summary>
    public IReadOnlyCollection<LiveJob> Jobs => (IReadOnlyCollection<LiveJob>)_jobs.Values;

    /// <summary>A job is now like this.</summary>
    internal void See(LiveJob job) => _jobs[job.JobId] = job;

    /// <summary>A job has left the node's memory.</summary>
    internal void Lose(string jobId) => _jobs.TryRemove(jobId, out _);

    /// <summary>Input became durable.</summary>
    internal void Accepted(DataCounts before, DataCounts after)
    {
        Count("processed", after.ProcessedRecords - before.ProcessedRecords);
        Count("invalid_date", after.InvalidDates - before.InvalidDates);
        Count("out_of_order", after.OutOfOrder - before.OutOfOrder);
        _bytes.Add(Math.Max(0, after.InputBytes - before.InputBytes));

        // Counts also go back, with the model.
        void Count(string outcome, long records)
        {
            if (records > 0) _records.Add(records, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    internal void Finished(long buckets)
    {
        if (buckets > 0) _buckets.Add(buckets);
    }

    /// <summary>The state of a job has changed durably.</summary>
    internal void Changed(JobLifecycleState before, JobLifecycleState after)
    {
        var transition = (before.State, after.State) switch
        {
            (JobState.Opening, JobState.Opened) => "open",
            (JobState.Closing, JobState.Closed) => before.ForcedClose ? "force_close" : "close",
            _ => null,
        };
        if (transition is not null)
            _transitions.Record(Math.Max(0, after.StateSince - before.StateSince) / 1000.0, new KeyValuePair<string, object?>("transition", transition));
        if (before.State != JobState.Failed && after.State == JobState.Failed) _failures.Add(1);
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> ByState() => Enum.GetValues<JobState>().Select(state =>
        new Measurement<int>(_jobs.Values.Count(job => job.State == state), new KeyValuePair<string, object?>("state", JobLifecycle.Name(state))));

    private IEnumerable<Measurement<T>> OfEach<T>(Func<LiveJob, T> value)
        where T : struct =>
        _most == 0 ? [] : _jobs.Values.OrderByDescending(Behind).ThenByDescending(job => job.ModelBytes).ThenBy(job => job.JobId, StringComparer.Ordinal)
            .Take(_most).Select(job => new Measurement<T>(value(job), new KeyValuePair<string, object?>("job", job.JobId)));

    private double Behind(LiveJob job) => job.WaitingSince is { } since ? Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds() - since) / 1000.0 : 0;
}
