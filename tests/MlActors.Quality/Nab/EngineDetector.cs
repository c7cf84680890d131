using MlActors.Analysis;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;

namespace MlActors.Quality.Nab;

/// <summary>Our own engine as the server runs it, with one detector: the mean of the value.</summary>
public static class EngineDetector
{
    /// <summary>The bucket span is found from this many rows: neither the length nor the rest of a file is known to an online detector.</summary>
    private const int RowsForSpan = 50;

    private const string Field = "value";

    /// <summary>What of a bucket's result is the score.</summary>
    private static readonly Func<BucketResult, double> Score = bucket => bucket.AlertScore;

    /// <summary>The score of a row is that of the bucket it is in; NaN where the engine gave no result.</summary>
    public static double[] Run(NabFile file)
    {
        var settings = new AnalysisSettings
        {
            BucketSpan = MedianStep(file.Times.AsSpan(0, Math.Min(RowsForSpan, file.Rows))),
            Detectors = [new DetectorSettings(0, DetectorFunction.Find("mean")!, Field)],
        };
        var analysis = JobAnalysis.Create(settings);
        var results = new List<BucketResult>();
        foreach (var input in Inputs(file, settings)) analysis.Fold(input, results, CancellationToken.None);
        var scores = results.ToDictionary(bucket => bucket.Timestamp, Score);
        return [.. file.Times.Select(time => scores.GetValueOrDefault(BucketTime.Floor(time, settings.BucketSpan), double.NaN))];
    }

    private static IEnumerable<AnalysisInput> Inputs(NabFile file, AnalysisSettings settings)
    {
        for (var from = 0; from < file.Rows; from += RecordBatch.MaxRecords)
        {
            var to = Math.Min(from + RecordBatch.MaxRecords, file.Rows);
            yield return new RecordsInput(new RecordBatch(settings.Schema, to - from, file.Times[from..to], [Column.OfNumbers(file.Values[from..to])], default));
        }
        yield return new AdvanceTimeInput(BucketTime.Floor(file.Times.Max(), settings.BucketSpan) + settings.BucketSpan);
    }

    private static long MedianStep(ReadOnlySpan<long> times)
    {
        var steps = new List<long>(times.Length);
        for (var i = 1; i < times.Length; i++) steps.Add(times[i] - times[i - 1]);
        steps.Sort();
        return steps.Count == 0 ? 1 : Math.Max(1, steps[steps.Count / 2]);
    }
}
