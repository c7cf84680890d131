using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Writes;

/// <summary>An annotation as it is stored.</summary>
internal readonly record struct AnnotationRow(string Id, string Event, long Timestamp, long EndTimestamp, byte[] Document)
{
    public static AnnotationRow Of(string jobId, Annotation annotation) =>
        new(annotation.Id, annotation.Event, annotation.Timestamp, annotation.EndTimestamp, ResultDocuments.Annotation(jobId, annotation));
}

/// <summary>Annotations under (job, id): what was there before is replaced.</summary>
internal sealed class AnnotationsWrite(PutAnnotations put) : RowWrite
{
    private readonly AnnotationRow[] _rows = [.. put.Annotations.Select(annotation => AnnotationRow.Of(put.JobId, annotation))];

    public override int Bytes => _rows.Sum(row => row.Document.Length);

    public override void Execute(WriteSession session)
    {
        foreach (var row in _rows) Put(session, put.JobId, row);
    }

    /// <summary>The changes that one bucket made certain.</summary>
    public static void Replace(WriteSession session, string jobId, long bucket, AnnotationRow[] rows)
    {
        session.Prepare("DELETE FROM annotation WHERE job_id = ?1 AND end_timestamp = ?2 AND event = ?3")
            .Bind(1, jobId).Bind(2, bucket).Bind(3, Annotation.ModelChanged).Do();
        foreach (var row in rows) Put(session, jobId, row);
    }

    private static void Put(WriteSession session, string jobId, in AnnotationRow row) =>
        session.Prepare(
            """
            INSERT INTO annotation (job_id, annotation_id, event, timestamp, end_timestamp, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (job_id, annotation_id) DO UPDATE SET event = excluded.event, timestamp = excluded.timestamp,
                end_timestamp = excluded.end_timestamp, document = excluded.document
            """)
            .Bind(1, jobId).Bind(2, row.Id).Bind(3, row.Event).Bind(4, row.Timestamp).Bind(5, row.EndTimestamp).BindText(6, row.Document).Do();
}
