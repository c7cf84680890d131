using System.Diagnostics;
using System.Threading.Channels;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary>Where the time of a run went. Reading goes on beside the rest, so the sum may be more than the whole.</summary>
internal sealed record Timings(TimeSpan Reading, TimeSpan Folding, TimeSpan Results);

/// <summary>Runs an analysis over an input, as the server would: batches in order, then time advanced to the end of the last bucket.</summary>
internal sealed class Detection(AnalysisSettings settings, IReadOnlyList<IResultSink> sinks)
{
    private const int BatchesAhead = 8;

    private readonly JobAnalysis _analysis = JobAnalysis.Create(settings);
    private readonly BucketValues? _values = sinks.Any(sink => sink.WantsPoints) ? new BucketValues(settings) : null;
    private readonly List<BucketResult> _results = [];
    private readonly List<SeriesPoint> _points = [];
    private readonly Stopwatch _reading = new();
    private readonly Stopwatch _folding = new();
    private readonly Stopwatch _finishing = new();

    /// <summary>As the server counts.</summary>
    public DataCounts Counts { get; private set; } = new();

    public ModelSizeStats Size => _analysis.SizeStats;

    public Timings Timings => new(_reading.Elapsed, _folding.Elapsed, _finishing.Elapsed);

    /// <summary>The next batches are read while one is analysed.</summary>
    /// <param name="progress">Told the number of records so far.</param>
    /// <exception cref="CommandException">The input cannot be read on.</exception>
    public async Task RunAsync(InputSource input, IRecordSource source, Action<long> progress, CancellationToken cancellation)
    {
        var batches = Channel.CreateBounded<RecordBatch>(BatchesAhead);
        var reading = Task.Run(() => ReadAsync(input, source, batches.Writer, cancellation), CancellationToken.None);
        await foreach (var batch in batches.Reader.ReadAllAsync(cancellation))
        {
            Take(new RecordsInput(batch), batch, cancellation);
            progress(Counts.InputRecords);
        }
        await reading;
        if (Counts.LatestRecord is { } latest) Take(new AdvanceTimeInput(BucketTime.Floor(latest, settings.BucketSpan) + settings.BucketSpan), null, cancellation);
        foreach (var sink in sinks) sink.Complete();
    }

    private async Task ReadAsync(InputSource input, IRecordSource source, ChannelWriter<RecordBatch> batches, CancellationToken cancellation)
    {
        try
        {
            _reading.Start();
            foreach (var batch in source.Read(input))
            {
                _reading.Stop();
                await batches.WriteAsync(batch, cancellation);
                _reading.Start();
            }
            batches.Complete();
        }
        catch (Exception e)
        {
            batches.Complete(e);
        }
    }

    private void Take(AnalysisInput input, RecordBatch? batch, CancellationToken cancellation)
    {
        Counts = Counts.Accept(input, settings, nowMs: 0);
        _results.Clear();
        _folding.Start();
        _analysis.Fold(input, _results, cancellation);
        _folding.Stop();
        _finishing.Start();
        if (batch is not null) _values?.Add(batch);
        foreach (var bucket in _results)
        {
            _values?.Points(bucket, _points);
            foreach (var sink in sinks) sink.Add(bucket, _points);
        }
        _finishing.Stop();
    }
}
