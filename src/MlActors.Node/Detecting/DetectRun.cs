using System.Diagnostics;
using MlActors.Ingest;
using MlActors.Jobs.Contexts;
using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary>One run of <c>mlactors detect</c>.</summary>
internal static class DetectRun
{
    /// <exception cref="UsageException"/>
    /// <exception cref="Jobs.Configuration.InvalidConfigException"/>
    /// <exception cref="CommandException">There is nothing that can be read.</exception>
    public static async Task RunAsync(DetectOptions options, bool timings, CancellationToken cancellation)
    {
        if (options.Out is { } path && !PointWriter.Knows(path)) throw new UsageException($"--out: [{path}] must end with .csv or .ndjson");
        await using var input = await InputSource.OpenAsync(options.Input, cancellation);
        try
        {
            await RunAsync(input, options, timings, cancellation);
        }
        catch (Exception unreadable) when (unreadable is CommandException or UnreadableInputException)
        {
            throw new CommandException($"{input.Name}: {unreadable.Message}");
        }
    }

    private static async Task RunAsync(InputSource input, DetectOptions options, bool timings, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var sample = Sample.Of(await input.PeekAsync(Sample.Bytes, cancellation));
        var plan = JobPlan.Of(options, sample);
        var planned = watch.Elapsed;

        var (settings, data) = (plan.Config.ToSettings(), plan.Config.DataDescription);
        var anomalies = new Anomalies(settings.BucketSpan);
        // Made before the work: a place that cannot be written to is known at once.
        await using var page = options.Report is null ? null : File.Create(options.Report);
        using var writer = options.Out is null ? null : PointWriter.Create(options.Out, settings);
        var report = options.Report is null ? null : new ReportData(settings);
        var context = JobContext.Of(plan.Config, new StoredContext(0, [], []));
        var detection = new Detection(settings, context, [.. new IResultSink?[] { anomalies, writer, report }.OfType<IResultSink>()]);
        var format = new RecordFormat(data.TimeField, data.TimeFormat);
        IRecordSource source = sample.IsJson ? new JsonRecords(settings.Schema, format) : new CsvRecords(settings.Schema, format, plan.TimeSuffix);
        var output = new DetectOutput();
        await output.WithProgressAsync(() => input.Progress, progress => detection.RunAsync(input, source, progress, cancellation));

        var counts = detection.Counts;
        DetectOutput.LeftOut(counts, source);
        if (counts.ProcessedRecords == 0) throw new CommandException("no record could be analysed");
        foreach (var note in plan.Notes) DetectOutput.Warn(note);
        DetectOutput.Summary(counts, settings, plan.Config.AnalysisConfig.BucketSpan);
        output.Table(anomalies, detection.Categories, settings, options.Top);
        if (report is not null) ReportPage.Write(page!, report, anomalies, plan.Config, counts, input.Name);
        if (timings)
            Console.Error.WriteLine(FormattableString.Invariant($"planning {planned.TotalMilliseconds:F0} ms; reading {detection.Timings.Reading.TotalMilliseconds:F0} ms beside folding {detection.Timings.Folding.TotalMilliseconds:F0} ms and results {detection.Timings.Results.TotalMilliseconds:F0} ms; all {watch.Elapsed.TotalMilliseconds:F0} ms"));
    }
}
