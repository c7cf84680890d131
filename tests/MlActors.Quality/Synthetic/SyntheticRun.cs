using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;

namespace MlActors.Quality.Synthetic;

/// <summary>Our own engine on many streams of one kind.</summary>
/// <param name="Probabilities">Of the rows judged: how many had a probability below 0.01, and below 0.001. Has a meaning with one series.</param>
/// <param name="Named">Of the incidents with a culprit, those of which the highest record names it, and their number.</param>
public sealed record SyntheticRun(
    SyntheticKind Kind, EventQuality Records, EventQuality Alerts, (double Below01, double Below001) Probabilities, (int Right, int All) Named)
{
    private const double Critical = 75;

    // Where probabilities are counted a series has to know itself.
    private const int Known = 2 * SyntheticKind.Day;

    /// <summary>The floors of the kind that are missed, in words.</summary>
    public IEnumerable<string> Missed => Kind.Scores.Missed("scores", Records).Concat(Kind.Alerts.Missed("alerts", Alerts));

    /// <summary>Whether what is asked everywhere else is missed.</summary>
    public bool IsWeakSpot => Floor.Common.Missed("scores", Records).Concat(Floor.Common.Missed("alerts", Alerts)).Any();

    public static SyntheticRun Of(SyntheticKind kind, int seeds)
    {
        var (records, alerts, below01, below001, rows, named, culprits) = (default(EventQuality), default(EventQuality), 0L, 0L, 0L, 0, 0);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var stream = kind.Make(new Chance((ulong)seed));
            RowRange[] windows = [.. stream.Incidents.Select(incident => incident.Window)];
            var buckets = Analyse(kind, stream);
            records += EventQuality.Of([.. buckets.Select(bucket => bucket?.AnomalyScore ?? double.NaN)], windows, kind.FirstRow, Critical);
            alerts += EventQuality.Of([.. buckets.Select(bucket => bucket?.AlertScore ?? double.NaN)], windows, kind.FirstRow, Critical);
            foreach (var bucket in buckets.Skip(Known))
            {
                if (bucket is null) continue;
                rows++;
                var probability = bucket.Records.Count == 0 ? 1 : bucket.Records[0].Probability;
                if (probability < 0.01) below01++;
                if (probability < 0.001) below001++;
            }
            culprits += stream.Incidents.Count(incident => incident.Culprit is not null);
            named += stream.Incidents.Count(incident =>
                incident.Culprit is { } culprit && Highest(buckets.AsSpan(incident.Window.First, incident.Window.Rows)) == culprit);
        }
        return new SyntheticRun(kind, records, alerts, ((double)below01 / rows, (double)below001 / rows), (named, culprits));
    }

    /// <summary>Feeds a stream to a new analysis.</summary>
    public static JobAnalysis Learn(AnalysisSettings settings, long start, int rows, IEnumerable<SyntheticRecord> records, ICollection<BucketResult> results)
    {
        var analysis = JobAnalysis.Create(settings);
        foreach (var chunk in records.Chunk(RecordBatch.MaxRecords))
        {
            Column[] columns = [.. settings.Schema.Fields.Select(field => ColumnOf(field, chunk))];
            long[] times = [.. chunk.Select(record => start + (record.Row * settings.BucketSpan))];
            analysis.Fold(new RecordsInput(new RecordBatch(settings.Schema, chunk.Length, times, columns, default)), results, CancellationToken.None);
        }
        analysis.Fold(new AdvanceTimeInput(start + (rows * settings.BucketSpan)), results, CancellationToken.None);
        return analysis;
    }

    // One result for each row, null where there is none.
    private static BucketResult?[] Analyse(SyntheticKind kind, SyntheticStream stream)
    {
        var results = new List<BucketResult>();
        Learn(kind.Settings, kind.Start, SyntheticKind.Length, stream.Records, results);
        var rowsOf = new BucketResult?[SyntheticKind.Length];
        foreach (var result in results) rowsOf[(int)((result.Timestamp - kind.Start) / SyntheticKind.Span)] = result;
        return rowsOf;
    }

    private static string? Highest(ReadOnlySpan<BucketResult?> buckets)
    {
        var (highest, name) = (0.0, default(string));
        foreach (var bucket in buckets)
            foreach (var record in bucket?.Records ?? [])
                if (record.RecordScore > highest)
                    (highest, name) = (record.RecordScore, record.OverFieldValue ?? record.ByFieldValue);
        return name;
    }

    private static Column ColumnOf(BatchField field, SyntheticRecord[] records)
    {
        if (field.Kind == FieldKind.Number) return Column.OfNumbers([.. records.Select(record => record.Value)]);
        var (codes, places) = (new int[records.Length], new OrderedDictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < codes.Length; i++)
        {
            var text = field.Name == "who" ? records[i].Who : records[i].What;
            ref var code = ref codes[i];
            if (!places.TryGetValue(text, out code)) places.Add(text, code = places.Count);
        }
        return Column.OfText(codes, [.. places.Keys]);
    }
}
