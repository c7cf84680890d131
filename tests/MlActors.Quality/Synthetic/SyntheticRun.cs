using MlActors.Analysis;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;

namespace MlActors.Quality.Synthetic;

/// <summary>Our own engine on many series of one kind.</summary>
/// <param name="Probabilities">Of the rows judged: how many had a probability below 0.01, and below 0.001.</param>
public sealed record SyntheticRun(SyntheticKind Kind, EventQuality Records, EventQuality Alerts, (double Below01, double Below001) Probabilities)
{
    private const double Critical = 75;

    // Where probabilities are counted a series has to know itself.
    private const int Known = 2 * SyntheticSeries.Day;

    public static SyntheticRun Of(SyntheticKind kind, int seeds)
    {
        var (records, alerts, below01, below001, rows) = (default(EventQuality), default(EventQuality), 0L, 0L, 0L);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var series = kind.Make(new Chance((ulong)seed));
            var buckets = Analyse(kind, series);
            records += EventQuality.Of([.. buckets.Select(bucket => bucket?.AnomalyScore ?? double.NaN)], series.Windows, kind.FirstRow, Critical);
            alerts += EventQuality.Of([.. buckets.Select(bucket => bucket?.AlertScore ?? double.NaN)], series.Windows, kind.FirstRow, Critical);
            foreach (var bucket in buckets.Skip(Known))
            {
                if (bucket is null) continue;
                rows++;
                var probability = bucket.Records.Count == 0 ? 1 : bucket.Records[0].Probability;
                if (probability < 0.01) below01++;
                if (probability < 0.001) below001++;
            }
        }
        return new SyntheticRun(kind, records, alerts, ((double)below01 / rows, (double)below001 / rows));
    }

    // One result for each row, null where there is none.
    private static BucketResult?[] Analyse(SyntheticKind kind, SyntheticSeries series)
    {
        var settings = new AnalysisSettings
        {
            BucketSpan = SyntheticSeries.Span,
            Detectors = [kind.Counts ? new DetectorSettings(0, DetectorFunction.Find("count")!) : new DetectorSettings(0, DetectorFunction.Find("mean")!, "value")],
        };
        var (times, values) = (new List<long>(), new List<double>());
        for (var i = 0; i < series.Values.Length; i++)
        {
            var start = SyntheticSeries.Start + (i * SyntheticSeries.Span);
            if (!kind.Counts && double.IsNaN(series.Values[i])) continue;
            var count = kind.Counts ? (int)series.Values[i] : 1;
            for (var r = 0; r < count; r++)
            {
                times.Add(start + (r * SyntheticSeries.Span / count));
                values.Add(series.Values[i]);
            }
        }
        var analysis = JobAnalysis.Create(settings);
        var results = new List<BucketResult>();
        for (var from = 0; from < times.Count; from += RecordBatch.MaxRecords)
        {
            var rows = Math.Min(RecordBatch.MaxRecords, times.Count - from);
            Column[] columns = kind.Counts ? [] : [Column.OfNumbers([.. values.GetRange(from, rows)])];
            analysis.Fold(new RecordsInput(new RecordBatch(settings.Schema, rows, [.. times.GetRange(from, rows)], columns, default)), results, CancellationToken.None);
        }
        analysis.Fold(new AdvanceTimeInput(SyntheticSeries.Start + (series.Values.Length * SyntheticSeries.Span)), results, CancellationToken.None);
        var rowsOf = new BucketResult?[series.Values.Length];
        foreach (var result in results) rowsOf[(int)((result.Timestamp - SyntheticSeries.Start) / SyntheticSeries.Span)] = result;
        return rowsOf;
    }
}
