using System.Diagnostics;
using System.Threading.Channels;
using MlActors.Analysis;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary>Where the time of a run went. The three go on beside each other, so their sum is more than the whole.</summary>
internal sealed record Timings(TimeSpan Reading, TimeSpan Folding, TimeSpan Results);

/// <summary>
/// Runs an analysis over an input, as the server would: batches in order, then time advanced to the end of the last bucket. One thread reads, one
/// folds, one makes something of the results; each hands on to the next in order.
/// </summary>
/// <param name="context">Holds from the first bucket on.</param>
internal sealed class Detection(AnalysisSettings settings, AnalysisContext context, IReadOnlyList<IResultSink> sinks)
{
    // Enough that no thread waits for another that merely stumbles, and few enough to stay small.
    private const int BatchesAhead = 8;

    private readonly JobAnalysis _analysis = JobAnalysis.Create(settings with { KeepsValues = sinks.Any(sink => sink.WantsPoints) });
    private readonly Dictionary<SeriesName, SeriesName> _names = [];
    private readonly List<SeriesPoint> _points = [];
    private readonly Stopwatch _reading = new();
    private readonly Stopwatch _folding = new();
    private readonly Stopwatch _finishing = new();

    /// <summary>As the server counts.</summary>
    public DataCounts Counts { get; private set; } = new();

    /// <summary>The categories of texts that were found, in order of id.</summary>
    public IReadOnlyList<CategoryDefinition> Categories => _analysis.TakeCategoryNews(counts: true).Categories;

    public Timings Timings => new(_reading.Elapsed, _folding.Elapsed, _finishing.Elapsed);

    /// <param name="progress">Told the number of records so far.</param>
    /// <exception cref="CommandException">The input cannot be read on.</exception>
    public async Task RunAsync(InputSource input, IRecordSource source, Action<long> progress, CancellationToken cancellation)
    {
        // Whichever of the three fails, the others stop.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<RecordBatch>(BatchesAhead);
        var folded = Channel.CreateBounded<List<BucketResult>>(BatchesAhead);
        Task[] stages =
        [
            StageAsync(batches.Writer, () => ReadAsync(input, source, batches.Writer, stop.Token), stop),
            StageAsync(folded.Writer, () => FoldAsync(batches.Reader, folded.Writer, progress, stop.Token), stop),
            Task.Run(() => FinishAsync(folded.Reader, stop.Token), CancellationToken.None),
        ];
        try
        {
            await Task.WhenAll(stages);
        }
        catch
        {
            // What a stage says that was only told to stop is not the cause.
            throw stages.Select(stage => stage.Exception?.InnerException).FirstOrDefault(cause => cause is not null and not OperationCanceledException and not ChannelClosedException)
                ?? new OperationCanceledException(cancellation);
        }
    }

    private static Task StageAsync<T>(ChannelWriter<T> output, Func<Task> stage, CancellationTokenSource stop) => Task.Run(async () =>
    {
        try
        {
            await stage();
            output.Complete();
        }
        catch (Exception e)
        {
            output.Complete(e);
            await stop.CancelAsync();
            throw;
        }
    });

    private async Task ReadAsync(InputSource input, IRecordSource source, ChannelWriter<RecordBatch> batches, CancellationToken cancellation)
    {
        _reading.Start();
        foreach (var batch in source.Read(input))
        {
            _reading.Stop();
            await batches.WriteAsync(batch, cancellation);
            _reading.Start();
        }
        _reading.Stop();
    }

    private async Task FoldAsync(ChannelReader<RecordBatch> batches, ChannelWriter<List<BucketResult>> folded, Action<long> progress, CancellationToken cancellation)
    {
        if (!context.IsEmpty) Fold(new ContextInput(context), cancellation);
        await foreach (var batch in batches.ReadAllAsync(cancellation))
        {
            await folded.WriteAsync(Fold(new RecordsInput(batch), cancellation), cancellation);
            progress(Counts.InputRecords);
        }
        if (Counts.LatestRecord is { } latest)
            await folded.WriteAsync(Fold(new AdvanceTimeInput(BucketTime.Floor(latest, settings.BucketSpan) + settings.BucketSpan), cancellation), cancellation);
    }

    private List<BucketResult> Fold(AnalysisInput input, CancellationToken cancellation)
    {
        Counts = Counts.Accept(input, settings, nowMs: 0);
        var results = new List<BucketResult>();
        _folding.Start();
        _analysis.Fold(input, results, cancellation);
        _folding.Stop();
        return results;
    }

    private async Task FinishAsync(ChannelReader<List<BucketResult>> folded, CancellationToken cancellation)
    {
        await foreach (var results in folded.ReadAllAsync(cancellation))
        {
            _finishing.Start();
            foreach (var bucket in results)
            {
                _points.Clear();
                foreach (var value in bucket.Values) _points.Add(SeriesPoint.Of(bucket, NameOf(value), value));
                foreach (var sink in sinks) sink.Add(bucket, _points);
            }
            _finishing.Stop();
        }
        foreach (var sink in sinks) sink.Complete();
    }

    // One object for each series: it is held by many points.
    private SeriesName NameOf(in SeriesValue value)
    {
        var name = SeriesPoint.NameOf(value);
        if (_names.TryGetValue(name, out var known)) return known;
        _names.Add(name, name);
        return name;
    }
}
