using System.Globalization;
using MlActors.Storage.Sql.Reads;

namespace MlActors.Storage.Checking;

/// <summary>What indices say of their documents.</summary>
internal static class IndexCheck
{
    public static void Run(ReadSession session, Findings findings, Action<string>? progress, CancellationToken cancellation)
    {
        var indices = session.List("SELECT number, name, documents, bytes, next_seq, earliest_ms, latest_ms FROM doc_index WHERE dropped = 0 ORDER BY number", row =>
            (Number: row.GetInt64(0), Name: row.GetString(1), Documents: row.GetInt64(2), Bytes: row.GetInt64(3), NextSeq: row.GetInt64(4), Earliest: row.GetInt64(5), Latest: row.GetInt64(6)));
        foreach (var index in indices)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke($"counting the documents of [{index.Name}]");
            var counted = session.List("SELECT count(*), coalesce(sum(length(source)), 0), coalesce(max(seq), -1), min(time_ms), max(time_ms) FROM document WHERE index_no = @0", row =>
                (Documents: row.GetInt64(0), Bytes: Convert.ToInt64(row.GetValue(1), CultureInfo.InvariantCulture), Seq: row.GetInt64(2),
                    Outside: !row.IsDBNull(3) && (row.GetInt64(3) < index.Earliest || row.GetInt64(4) > index.Latest)), index.Number).Single();
            if (counted.Documents != index.Documents || counted.Bytes != index.Bytes)
            {
                findings.Add("the size of an index", $"the index [{index.Name}] says {index.Documents} documents of {index.Bytes} bytes, and has {counted.Documents} of {counted.Bytes}",
                    "searches are right, _stats and _count are not; restore a backup, or write its documents into a new index");
            }
            if (counted.Seq >= index.NextSeq || counted.Outside)
            {
                findings.Add("the bounds of an index", $"the index [{index.Name}] has documents outside of its bounds of numbers and times",
                    "searches may miss them; restore a backup, or write its documents into a new index");
            }
        }
        Orphans("document", "SELECT count(*), index_no FROM document WHERE NOT EXISTS (SELECT 1 FROM doc_index WHERE number = index_no) GROUP BY index_no");
        Orphans("document_id",
            """
            SELECT count(*), index_no FROM document_id AS child WHERE NOT EXISTS (SELECT 1 FROM document WHERE document.index_no = child.index_no AND document.time_ms = child.time_ms AND document.seq = child.seq)
                AND NOT EXISTS (SELECT 1 FROM doc_index WHERE number = child.index_no AND dropped = 1) GROUP BY index_no
            """);

        void Orphans(string table, string sql)
        {
            foreach (var (count, number) in session.List(sql, row => (row.GetInt64(0), row.GetInt64(1))))
                findings.Add(table + " without parent", $"{count} rows of [{table}] are of the index {number} and of nothing that is there", "they show nowhere; delete these rows");
        }
    }
}
