using System.Globalization;
using MlActors.Analysis;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Input;
using Spectre.Console;

namespace MlActors.Node.Detecting;

/// <summary>What a run tells: the table of what was found on standard output, everything else on standard error.</summary>
internal sealed class DetectOutput
{
    // Lines are not broken in a file or a pipe.
    private const int WidthOfNoTerminal = 200;
    private const int WidthForAll = 100;
    private const double Critical = 75;

    private readonly IAnsiConsole _output = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
    private readonly IAnsiConsole _error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    public DetectOutput()
    {
        if (Console.IsOutputRedirected) _output.Profile.Width = WidthOfNoTerminal;
    }

    public static void Warn(string text) => Console.Error.WriteLine($"mlactors: {text}");

    /// <summary>Runs with a progress bar when somebody can see it.</summary>
    /// <param name="share">How much is done, from 0 to 1; <c>null</c> when nobody knows.</param>
    public async Task WithProgressAsync(Func<double?> share, Func<Action<long>, Task> run)
    {
        if (Console.IsErrorRedirected || !_error.Profile.Capabilities.Interactive)
        {
            await run(_ => { });
            return;
        }
        await _error.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).StartAsync(async progress =>
        {
            var task = progress.AddTask("reading", maxValue: 1);
            task.IsIndeterminate = share() is null;
            await run(records =>
            {
                task.Description = $"{Shown.Count(records)} records";
                if (share() is { } done) task.Value = done;
            });
        });
    }

    /// <param name="categories">Those of texts; an example stands below the table of each that it names.</param>
    public void Table(Anomalies anomalies, IReadOnlyList<CategoryDefinition> categories, AnalysisSettings settings, int top)
    {
        var worst = anomalies.Worst(top);
        if (worst.Count == 0)
        {
            _output.WriteLine("Nothing unusual was found.");
            return;
        }
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.Ascii2 : TableBorder.Simple);
        // Where there is little room words are broken, not numbers.
        var wide = _output.Profile.Width >= WidthForAll;
        table.AddColumn(new TableColumn("time (UTC)").NoWrap()).AddColumn(Right("score")).AddColumn(Right("alert")).AddColumn("series");
        table.AddColumn(Right("actual")).AddColumn(Right("typical")).AddColumn("what");
        if (wide) table.AddColumn(Right("buckets"));
        foreach (var anomaly in worst)
        {
            var point = anomaly.Worst;
            List<string> cells = [settings.BucketSpan % 60 == 0 ? Shown.Minute(point.Time) : Shown.Time(point.Time), Score(point.RecordScore), Score(anomaly.Alert), Markup.Escape(point.Series.Show(settings)),
                Shown.Value(point.Actual, point.ActualLongitude), Shown.Value(point.Typical, point.TypicalLongitude), anomaly.What(settings)];
            if (wide) cells.Add(anomaly.Buckets.ToString(CultureInfo.InvariantCulture));
            table.AddRow([.. cells]);
        }
        _output.Write(table);
        if (anomalies.Count > worst.Count) _output.WriteLine($"and {Shown.Count(anomalies.Count - worst.Count)} less unusual; --top shows more of them, --out all");
        var named = worst.Select(anomaly => anomaly.Worst.Series.CategoryOf(settings)).ToHashSet(StringComparer.Ordinal);
        foreach (var category in categories)
        {
            var id = category.CategoryId.ToString(CultureInfo.InvariantCulture);
            if (named.Contains(id)) _output.WriteLine($"mlcategory {id}: {(category.Examples.Count > 0 ? category.Examples[0] : category.Terms)}");
        }
    }

    private static TableColumn Right(string name) => new TableColumn(name).RightAligned().NoWrap();

    private static string Score(double score) => $"[{(score >= Critical ? "red" : "yellow")}]{Shown.Score(score)}[/]";

    /// <summary>What was analysed, and how.</summary>
    public static void Summary(DataCounts counts, AnalysisSettings settings, string bucketSpan)
    {
        var detectors = settings.Detectors.Select(detector => new SeriesName(detector.Index, "*", "*", "*").Show(settings)).Take(5).ToArray();
        var more = settings.Detectors.Length > detectors.Length ? $" and {settings.Detectors.Length - detectors.Length} more" : "";
        Console.Error.WriteLine($"{Shown.Count(counts.ProcessedRecords)} records, {Shown.Time(counts.EarliestRecord!.Value)} to {Shown.Time(counts.LatestRecord!.Value)}, " +
            $"in buckets of {bucketSpan}: {string.Join(", ", detectors)}{more}");
    }

    /// <summary>What was left out of the input, and why.</summary>
    public static void LeftOut(DataCounts counts, IRecordSource source)
    {
        if (source.InvalidTimes is { } why) Warn($"{Shown.Count(counts.InvalidDates)} records without a readable time were left out: {why}");
        if (source.Malformed > 0) Warn($"{Shown.Count(source.Malformed)} times there was something that is not a JSON object; it was left out");
        if (counts.OutOfOrder > 0)
            Warn($"{Shown.Count(counts.OutOfOrder)} of {Shown.Count(counts.InputRecords)} records are older than the bucket of a record before them and were left out: sort the input by time");
    }
}
