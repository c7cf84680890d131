using MlActors.Analysis.Results;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Writes;

/// <summary>
/// Buckets with their records, influencers, plotted values and annotations, under (job, time) and (job, time, position in the bucket): what a
/// bucket held before is replaced.
/// </summary>
internal sealed class ResultsWrite : RowWrite
{
    internal const string DropInterimBuckets =
        "DELETE FROM bucket WHERE (job_id, timestamp) IN (SELECT job_id, timestamp FROM bucket WHERE job_id = ?1 AND is_interim = 1)";

    internal const string DropInterimRecords =
        "DELETE FROM record WHERE (job_id, timestamp, ordinal) IN (SELECT job_id, timestamp, ordinal FROM record WHERE job_id = ?1 AND is_interim = 1)";

    internal const string DropInterimInfluencers =
        "DELETE FROM influencer WHERE (job_id, timestamp, ordinal) IN (SELECT job_id, timestamp, ordinal FROM influencer WHERE job_id = ?1 AND is_interim = 1)";

    private const string InsertRecord =
        "INSERT INTO record (job_id, timestamp, ordinal, is_interim, score, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

    private const string InsertInfluencer =
        "INSERT INTO influencer (job_id, timestamp, ordinal, is_interim, score, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

    private readonly record struct Row(double Score, byte[] Document);

    private readonly record struct PlotRow(int DetectorIndex, string Partition, string By, byte[] Document);

    /// <param name="Plot"><c>null</c> when it is not to be touched.</param>
    private sealed record Bucket(long Timestamp, bool IsInterim, double ProcessingMs, Row Summary, Row[] Records, Row[] Influencers, PlotRow[]? Plot,
        AnnotationRow[]? Notes)
    {
        public int Bytes => Summary.Document.Length + Records.Sum(row => row.Document.Length) + Influencers.Sum(row => row.Document.Length)
            + (Plot?.Sum(row => row.Document.Length) ?? 0) + (Notes?.Sum(row => row.Document.Length) ?? 0);
    }

    private readonly string _jobId;
    private readonly Bucket[] _buckets;
    private readonly bool _anyFinal;

    public ResultsWrite(WriteResults results)
    {
        if (results.ProcessingMs.Count != results.Buckets.Count)
            throw new ArgumentException("Every bucket needs its processing time.", nameof(results));
        _jobId = results.JobId;
        _buckets = [.. results.Buckets.Select((bucket, i) => Render(results.JobId, bucket, results.ProcessingMs[i], results.Plot, results.Notes))];
        _anyFinal = results.Buckets.Any(bucket => !bucket.IsInterim);
        Bytes = _buckets.Sum(bucket => bucket.Bytes);
    }

    public override int Bytes { get; }

    public override void Execute(WriteSession session)
    {
        if (_anyFinal) DropInterim(session);
        foreach (var bucket in _buckets)
        {
            session.Prepare(
                """
                INSERT INTO bucket (job_id, timestamp, is_interim, anomaly_score, processing_ms, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (job_id, timestamp) DO UPDATE SET is_interim = excluded.is_interim, anomaly_score = excluded.anomaly_score,
                    processing_ms = excluded.processing_ms, document = excluded.document
                """)
                .Bind(1, _jobId).Bind(2, bucket.Timestamp).Bind(3, bucket.IsInterim).Bind(4, bucket.Summary.Score).Bind(5, bucket.ProcessingMs)
                .BindText(6, bucket.Summary.Document).Do();
            session.Prepare("DELETE FROM record WHERE job_id = ?1 AND timestamp = ?2").Bind(1, _jobId).Bind(2, bucket.Timestamp).Do();
            session.Prepare("DELETE FROM influencer WHERE job_id = ?1 AND timestamp = ?2").Bind(1, _jobId).Bind(2, bucket.Timestamp).Do();
            Insert(InsertRecord, bucket, bucket.Records);
            Insert(InsertInfluencer, bucket, bucket.Influencers);
            if (bucket.Plot is { } plot) WritePlot(session, bucket.Timestamp, plot);
            if (bucket.Notes is { } notes) AnnotationsWrite.Replace(session, _jobId, bucket.Timestamp, notes);
        }

        void Insert(string constant, Bucket bucket, Row[] rows)
        {
            for (var ordinal = 0; ordinal < rows.Length; ordinal++)
            {
                session.Prepare(constant).Bind(1, _jobId).Bind(2, bucket.Timestamp).Bind(3, (long)ordinal).Bind(4, bucket.IsInterim)
                    .Bind(5, rows[ordinal].Score).BindText(6, rows[ordinal].Document).Do();
            }
        }
    }

    private void WritePlot(WriteSession session, long timestamp, PlotRow[] rows)
    {
        session.Prepare("DELETE FROM model_plot WHERE job_id = ?1 AND timestamp = ?2").Bind(1, _jobId).Bind(2, timestamp).Do();
        for (var ordinal = 0; ordinal < rows.Length; ordinal++)
        {
            var row = rows[ordinal];
            session.Prepare(
                "INSERT INTO model_plot (job_id, timestamp, ordinal, detector_index, partition_value, by_value, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
                .Bind(1, _jobId).Bind(2, timestamp).Bind(3, (long)ordinal).Bind(4, (long)row.DetectorIndex).Bind(5, row.Partition).Bind(6, row.By)
                .BindText(7, row.Document).Do();
        }
    }

    // Partial indexes hold the interim rows alone: where there are none, each of these is one look-up. The sub-queries are there because SQLite
    // would not take such an index for the DELETE itself, but run through all rows of the job.
    private void DropInterim(WriteSession session)
    {
        session.Prepare(DropInterimBuckets).Bind(1, _jobId).Do();
        session.Prepare(DropInterimRecords).Bind(1, _jobId).Do();
        session.Prepare(DropInterimInfluencers).Bind(1, _jobId).Do();
    }

    private static Bucket Render(string jobId, BucketResult bucket, double processingMs, ModelPlot? plot, ChangeNotes? notes) => new(
        bucket.Timestamp,
        bucket.IsInterim,
        processingMs,
        new Row(Finite(bucket.AnomalyScore), ResultDocuments.Bucket(jobId, bucket)),
        [.. bucket.Records.Select(record => new Row(Finite(record.RecordScore), ResultDocuments.Record(jobId, bucket, record)))],
        [.. bucket.Influencers.Select(influencer => new Row(Finite(influencer.InfluencerScore), ResultDocuments.Influencer(jobId, bucket, influencer)))],
        plot is null || bucket.IsInterim ? null : [.. bucket.Values.Where(value => plot.Includes(value)).Select(value => Render(jobId, bucket, plot, value))],
        notes is null || bucket.IsInterim ? null : [.. Annotation.Of(bucket, notes.Detectors).Select(one => AnnotationRow.Of(jobId, one))]);

    private static PlotRow Render(string jobId, BucketResult bucket, ModelPlot plot, SeriesValue value)
    {
        var detector = plot.Detectors[value.DetectorIndex];
        return new PlotRow(detector.Index, value.Partition, value.By, ResultDocuments.ModelPlot(jobId, bucket, detector, value));
    }

    // SQLite takes NaN for null, which the column refuses.
    private static double Finite(double score) => double.IsFinite(score) ? score : 0;
}

internal sealed class ResultsDelete(DeleteResults delete) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        Delete(
            """
            DELETE FROM bucket WHERE (job_id, timestamp) IN
                (SELECT job_id, timestamp FROM bucket WHERE job_id = ?1 AND timestamp >= ?2 AND timestamp < ?4 ORDER BY timestamp LIMIT ?3)
            """);
        Delete(
            """
            DELETE FROM record WHERE (job_id, timestamp, ordinal) IN
                (SELECT job_id, timestamp, ordinal FROM record WHERE job_id = ?1 AND timestamp >= ?2 AND timestamp < ?4 ORDER BY timestamp, ordinal LIMIT ?3)
            """);
        Delete(
            """
            DELETE FROM influencer WHERE (job_id, timestamp, ordinal) IN
                (SELECT job_id, timestamp, ordinal FROM influencer WHERE job_id = ?1 AND timestamp >= ?2 AND timestamp < ?4 ORDER BY timestamp, ordinal LIMIT ?3)
            """);
        Delete(
            """
            DELETE FROM model_plot WHERE (job_id, timestamp, ordinal) IN
                (SELECT job_id, timestamp, ordinal FROM model_plot WHERE job_id = ?1 AND timestamp >= ?2 AND timestamp < ?4 ORDER BY timestamp, ordinal LIMIT ?3)
            """);
        Delete(
            """
            DELETE FROM annotation WHERE (job_id, annotation_id) IN
                (SELECT job_id, annotation_id FROM annotation WHERE job_id = ?1 AND end_timestamp >= ?2 AND end_timestamp < ?4 ORDER BY end_timestamp, annotation_id LIMIT ?3)
            """);

        void Delete(string constant) => session.Prepare(constant).Bind(1, delete.JobId).Bind(2, delete.From).Bind(3, (long)delete.Limit).Bind(4, delete.Before ?? long.MaxValue).Do();
    }
}
