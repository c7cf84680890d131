using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Checking;

/// <summary>Goes through a storage of this version, of one moment: each job by itself, then what tables say about each other.</summary>
internal static class StorageCheck
{
    /// <param name="tables">Those that are carried when the storage moves.</param>
    /// <returns>How many jobs there are.</returns>
    public static int Run(ReadSession jobs, ReadSession documents, IReadOnlyList<TableShape> tables, Findings findings, Action<string>? progress, CancellationToken cancellation)
    {
        var count = jobs.InSnapshot(() =>
        {
            var ids = jobs.List("SELECT job_id FROM job ORDER BY job_id", row => row.GetString(0));
            var check = new JobCheck(jobs, findings);
            for (var i = 0; i < ids.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke($"checked {i} of {ids.Count} jobs");
                check.Run(ids[i]);
            }
            check.RunStreamsWithoutJobs();
            progress?.Invoke("checking what the tables say about each other");
            ReferenceCheck.Run(jobs, tables.Where(table => table.Part == StoragePart.Jobs), findings, cancellation);
            DocumentTextCheck.Run(jobs, tables.Where(table => table.Part == StoragePart.Jobs), findings, progress, cancellation);
            return ids.Count;
        });
        documents.InSnapshot(() =>
        {
            IndexCheck.Run(documents, findings, progress, cancellation);
            DocumentTextCheck.Run(documents, tables.Where(table => table.Part == StoragePart.Documents), findings, progress, cancellation);
            return 0;
        });
        return count;
    }
}
