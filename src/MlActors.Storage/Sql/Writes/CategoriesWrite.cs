using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Writes;

internal sealed class CategoriesWrite : RowWrite
{
    private readonly PutCategories _put;
    private readonly byte[][] _documents;

    public CategoriesWrite(PutCategories put)
    {
        _put = put;
        _documents = [.. put.Categories.Select(category => ResultDocuments.Category(put.JobId, category))];
        Bytes = _documents.Sum(document => document.Length);
    }

    public override int Bytes { get; }

    public override void Execute(WriteSession session)
    {
        session.Prepare("DELETE FROM category WHERE job_id = ?1 AND category_id > ?2").Bind(1, _put.JobId).Bind(2, (long)_put.Count).Do();
        for (var i = 0; i < _documents.Length; i++)
        {
            session.Prepare(
                """
                INSERT INTO category (job_id, category_id, partition_value, document) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (job_id, category_id) DO UPDATE SET partition_value = excluded.partition_value, document = excluded.document
                """)
                .Bind(1, _put.JobId).Bind(2, (long)_put.Categories[i].CategoryId).Bind(3, _put.Categories[i].PartitionFieldValue).BindText(4, _documents[i]).Do();
        }
    }
}
