using System.Runtime.CompilerServices;
using MlActors.Analysis;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;

namespace MlActors.Benchmarks;

/// <summary>
/// The analysis alone, on one core, in processor time: models (a value a bucket), records into one series and into a thousand, the cost of a series
/// from one to a hundred thousand, members of a population, points of forecasts, memory, and snapshots. The floor of the records is a loop that adds the
/// same numbers up by bucket and series.
/// </summary>
internal static class AnalysisBenchmark
{
    private const long Start = 1_748_822_400;
    private const int Week = 7 * 86_400;

    /// <summary>Options: <c>--rounds n</c> (3).</summary>
    public static void Run(string[] args)
    {
        var rounds = Options.Number(args, "--rounds", 3);
        Text.Print($"models: {Median(rounds, Models):#,0} series-buckets/s (mean, buckets of 5 minutes, day and week profiles in use)");
        foreach (var partitions in new[] { 1, 1_000 })
        {
            var (records, floor) = (Median(rounds, () => Records(partitions)), Median(rounds, () => Floor(partitions)));
            Text.Print($"records: {records:#,0} records/s into {partitions} series, floor {floor:#,0}, ratio {records / floor:F2}");
        }
        foreach (var series in new[] { 1, 100, 10_000, 100_000 })
            Text.Print($"scale: {Median(rounds, () => ManySeries(series)):#,0} series-buckets/s with {series} series");
        Text.Print($"populations: {Median(rounds, Members):#,0} members/s (mean over, a thousand in each bucket)");
        Text.Print($"forecasts: {Median(rounds, ForecastPoints):#,0} points/s (a hundred series with a daily profile)");
        Memory();
        foreach (var series in new[] { 1, 10_000 }) Snapshot(series, rounds);
    }

    // What a snapshot costs beside the analysis of the three hours of buckets of five minutes, every series in each, between two of them.
    private static void Snapshot(int series, int rounds)
    {
        const int span = 3600;
        const int between = 36;
        var settings = Settings(span, "host");
        var analysis = JobAnalysis.Create(settings);
        var known = 2 * Week / span;
        for (var b = 0; b < known; b++) Fold(analysis, Buckets(b, 1));
        var saves = Math.Max(3, 3000 / series);
        var bytes = analysis.SaveState().Length;
        var save = Median(rounds, () => Cpu(() =>
        {
            for (var i = 0; i < saves; i++) analysis.SaveState();
        }) / saves);
        var fold = Median(rounds, () =>
        {
            var batches = Buckets(known, between);
            known += between;
            return Cpu(() => Fold(analysis, batches));
        });
        Text.Print($"snapshot: {bytes:#,0} bytes, {1000 * save:F3} ms with {series} series; {1000 * fold:F2} ms for the analysis between two, share {save / (save + fold):F3}");

        RecordsInput[] Buckets(int from, int count) =>
            Batches(settings, from * series, count * series, i => (Start + (i / series * (long)span), Shape(i / series, span) + (i % series % 13), i % series), series);
    }

    private static double Median(int rounds, Func<double> measure) => Measured.Median(Enumerable.Range(0, rounds).Select(_ => measure()));

    // Two weeks of warm-up, so that both profiles take part.
    private static double Models()
    {
        const int span = 300;
        const int buckets = 1_000_000;
        var settings = Settings(span);
        var analysis = JobAnalysis.Create(settings);
        Fold(analysis, Batches(settings, 0, 2 * Week / span, i => (Start + ((long)i * span), Shape(i, span), 0), 1));
        var measured = Batches(settings, 2 * Week / span, buckets, i => (Start + ((long)i * span), Shape(i, span), 0), 1);
        return buckets / Cpu(() => Fold(analysis, measured));
    }

    private static double Records(int partitions)
    {
        const int records = 20_000_000;
        var settings = Settings(60, partitions > 1 ? "host" : null);
        var analysis = JobAnalysis.Create(settings);
        var batches = RecordBatches(settings, partitions);
        var copies = records / batches.Sum(batch => batch.Batch.Count);
        Fold(analysis, batches);
        return records / Cpu(() =>
        {
            for (var i = 0; i < copies; i++) Fold(analysis, batches);
        });
    }

    private static double Floor(int partitions)
    {
        const int records = 20_000_000;
        var batches = RecordBatches(Settings(60, partitions > 1 ? "host" : null), partitions);
        var sums = new double[partitions];
        var seconds = Cpu(() =>
        {
            for (var i = 0; i < records / batches.Sum(batch => batch.Batch.Count); i++)
            {
                foreach (var input in batches)
                {
                    var (times, numbers) = (input.Batch.Times, input.Batch.Columns[^1].Numbers ?? input.Batch.Columns[0].Numbers!);
                    var codes = input.Batch.Columns.Select(column => column.Codes).FirstOrDefault(column => column is not null);
                    var bucket = 0L;
                    for (var r = 0; r < times.Length; r++)
                    {
                        if (times[r] >= bucket + 60) bucket = times[r] / 60 * 60;
                        sums[codes is null ? 0 : codes[r]] += numbers[r];
                    }
                }
            }
        });
        GC.KeepAlive(sums);
        return records / seconds;
    }

    // All records lie in one bucket, which stays open: only taking them in is measured.
    private static RecordsInput[] RecordBatches(AnalysisSettings settings, int partitions) =>
        Batches(settings, 0, 1_000_000, i => (Start + (i % 8192 * 60 / 8192), i % 97, i % partitions), partitions);

    private static double ManySeries(int series)
    {
        const int warmUp = 25;
        var settings = Settings(300, "host");
        var analysis = JobAnalysis.Create(settings);
        Fold(analysis, Batches(settings, 0, warmUp * series, i => (Start + (i / series * 300L), Shape(i / series, 300) + (i % series % 13), i % series), series));
        var buckets = Math.Max(4, 400_000 / series);
        var measured = Batches(settings, warmUp * series, buckets * series, i => (Start + (i / series * 300L), Shape(i / series, 300) + (i % series % 13), i % series), series);
        return (double)buckets * series / Cpu(() => Fold(analysis, measured));
    }

    private static double Members()
    {
        const int members = 1_000;
        const int buckets = 1_000;
        var settings = Settings(300, over: "host");
        var analysis = JobAnalysis.Create(settings);
        Fold(analysis, Batches(settings, 0, 25 * members, Record, members));
        var measured = Batches(settings, 25 * members, buckets * members, Record, members);
        return (double)buckets * members / Cpu(() => Fold(analysis, measured));

        static (long, double, int) Record(int i) => (Start + (i / members * 300L), Shape(i / members, 300) + (i % 13), i % members);
    }

    private static double ForecastPoints()
    {
        const int series = 100;
        const int span = 3600;
        var settings = Settings(span, "host");
        var analysis = JobAnalysis.Create(settings);
        Fold(analysis, Batches(settings, 0, 2 * Week / span * series, Record, series));
        var (plan, points) = (analysis.PlanForecast(), 0);
        var seconds = Cpu(() => points = plan.Points(52 * Week).Count());
        return points / seconds;

        static (long, double, int) Record(int i) => (Start + (i / series * (long)span), Shape(i / series, span) + (i % series), i % series);
    }

    private static void Memory()
    {
        const int span = 3600;
        MemoryOf("seen 19 times", 19, span);
        MemoryOf("with a daily and a weekly profile", 2 * Week / span, span);
    }

    // By itself, so that nothing of the one before is still held when the next begins.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MemoryOf(string name, int buckets, int span)
    {
        const int series = 10_000;
        var settings = Settings(span, "host");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var analysis = JobAnalysis.Create(settings);
        for (var b = 0; b < buckets; b++)
            Fold(analysis, Batches(settings, b * series, series, i => (Start + (b * (long)span), Shape(b, span) + (i % 13), i % series), series));
        analysis.Fold(new AdvanceTimeInput(Start + (buckets * (long)span)), new List<BucketResult>(), CancellationToken.None);
        var held = (GC.GetTotalMemory(forceFullCollection: true) - before) / series;
        Text.Print($"memory: {analysis.SizeStats.ModelBytes / series} bytes a series counted, {held} held, {analysis.SaveState().Length / series} saved; {series} series {name}");
        GC.KeepAlive(analysis);
    }

    private static AnalysisSettings Settings(long span, string? partition = null, string? over = null) => new()
    {
        BucketSpan = span, ModelMemoryLimit = 1L << 40,
        Detectors = [new DetectorSettings(0, DetectorFunction.Find("mean")!, "value", OverFieldName: over, PartitionFieldName: partition)],
    };

    private static double Shape(long bucket, int span)
    {
        var day = bucket * span % 86_400 / 86_400.0;
        return 100 + (50 * Math.Sin(2 * Math.PI * day)) + (bucket * 2654435761 % 1000 / 100.0);
    }

    private static RecordsInput[] Batches(AnalysisSettings settings, int from, int count, Func<int, (long Time, double Value, int Partition)> record, int partitions)
    {
        string[] names = [.. Enumerable.Range(0, partitions).Select(i => Text.Of($"host-{i:d6}"))];
        var batches = new List<RecordsInput>();
        for (var start = from; start < from + count; start += RecordBatch.MaxRecords)
        {
            var rows = Math.Min(RecordBatch.MaxRecords, from + count - start);
            var (times, values, codes) = (new long[rows], new double[rows], new int[rows]);
            for (var i = 0; i < rows; i++) (times[i], values[i], codes[i]) = record(start + i);
            // A batch has the strings that occur in it, and no others.
            var (used, places) = (new List<string>(), new Dictionary<int, int>());
            for (var i = 0; i < rows; i++)
            {
                if (!places.TryGetValue(codes[i], out var place))
                {
                    places.Add(codes[i], place = used.Count);
                    used.Add(names[codes[i]]);
                }
                codes[i] = place;
            }
            var columns = settings.Schema.Fields.Select(field => field.Kind == FieldKind.Number ? Column.OfNumbers(values) : Column.OfText(codes, [.. used])).ToArray();
            batches.Add(new RecordsInput(new RecordBatch(settings.Schema, rows, times, columns, default)));
        }
        return [.. batches];
    }

    private static void Fold(JobAnalysis analysis, RecordsInput[] batches)
    {
        var results = new List<BucketResult>();
        foreach (var batch in batches)
        {
            results.Clear();
            analysis.Fold(batch, results, CancellationToken.None);
        }
    }

    private static double Cpu(Action work)
    {
        GC.Collect();
        var before = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
