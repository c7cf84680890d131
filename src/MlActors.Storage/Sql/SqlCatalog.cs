using System.Data.Common;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Storage;
using MlActors.Storage.Documents;
using MlActors.Storage.Sql.Reads;

namespace MlActors.Storage.Sql;

internal sealed class SqlCatalog(ReadPool readers) : ICatalog
{
    // A look-up occupies a reader for about as long as this many rows take; then others have their turn.
    private const int RowsPerRead = 256;

    public Task<Resolution> ResolveAsync(JobExpression expression, bool includeDeleting = false) => readers.RunAsync(session => session.InSnapshot(() =>
    {
        var literal = !expression.All && !expression.Tokens.Any(JobExpression.IsWildcard);
        var jobs = literal ? Named(session, expression) : All(session, withGroups: !expression.All || !expression.Tokens.IsEmpty);
        return JobExpression.Resolve(expression, includeDeleting ? jobs : jobs.Where(job => job.Job.Blocked != Jobs.Lifecycle.BlockedReason.Delete));
    }));

    public Task<JobRow?> FindAsync(string jobId) => readers.RunAsync(session => Find(session, jobId));

    public async IAsyncEnumerable<JobRow> ReadAsync(IReadOnlyList<string> jobIds)
    {
        foreach (var chunk in jobIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(RowsPerRead))
        {
            var rows = await readers.RunAsync(session =>
            {
                var found = new List<JobRow>(chunk.Length);
                foreach (var jobId in chunk)
                    if (Find(session, jobId) is { } row)
                        found.Add(row);
                return found;
            });
            foreach (var row in rows) yield return row;
        }
    }

    public Task<IReadOnlyList<DatafeedRow>> ListDatafeedsAsync(IReadOnlyCollection<string>? ids = null) => readers.RunAsync<IReadOnlyList<DatafeedRow>>(session =>
    {
        const string all = "SELECT config, document FROM datafeed JOIN job_status ON job_status.job_id = datafeed.job_id";
        return ids is null
            ? session.List(all + " ORDER BY datafeed_id", Datafeed)
            : [.. ids.Order(StringComparer.Ordinal).Select(id => session.First(all + " WHERE datafeed_id = @0", Datafeed, id)).OfType<DatafeedRow>()];
    });

    public Task<IReadOnlyList<ResolvedJob>> ListActiveAsync() => readers.RunAsync<IReadOnlyList<ResolvedJob>>(session =>
        session.List("SELECT job_id, state, blocked FROM job_status WHERE active = 1 ORDER BY state <> 'opened', job_id", Resolved));

    public Task<IReadOnlyList<(string JobId, long ModelLimit)>> ListPlacedAsync() => readers.RunAsync<IReadOnlyList<(string, long)>>(session =>
        session.List("SELECT job_id, model_limit FROM job_status WHERE active = 1 AND state IN ('opening', 'opened', 'closing') ORDER BY job_id",
            row => (row.GetString(0), row.GetInt64(1))));

    public Task<(bool IsJob, bool IsGroup)> NameTakenAsync(string name) => readers.RunAsync(session => session.InSnapshot(() => (
        session.Number("SELECT EXISTS (SELECT 1 FROM job WHERE job_id = @0)", name) != 0,
        session.Number("SELECT EXISTS (SELECT 1 FROM job_group WHERE group_name = @0)", name) != 0)));

    private static JobRow? Find(ReadSession session, string jobId) => session.First(
        """
        SELECT job.config, job_status.document, datafeed.config FROM job JOIN job_status ON job_status.job_id = job.job_id
        LEFT JOIN datafeed ON datafeed.job_id = job.job_id WHERE job.job_id = @0
        """,
        row => new JobRow(JobConfigJson.Deserialize(row.GetFieldValue<byte[]>(0)), StoredJson.Status(row.GetFieldValue<byte[]>(1)),
            row.IsDBNull(2) ? null : DatafeedJson.Deserialize(row.GetFieldValue<byte[]>(2))), jobId);

    /// <summary>The jobs that ids and group names stand for, by look-ups alone: the rest of the catalog is not touched.</summary>
    private static IEnumerable<(ResolvedJob Job, IReadOnlyList<string> Groups)> Named(ReadSession session, JobExpression expression)
    {
        var ids = new SortedSet<string>(expression.Tokens, StringComparer.Ordinal);
        foreach (var token in expression.Tokens)
            ids.UnionWith(session.List("SELECT job_id FROM job_group WHERE group_name = @0", row => row.GetString(0), token));
        foreach (var id in ids)
        {
            var job = session.First("SELECT job_id, state, blocked FROM job_status WHERE job_id = @0", Resolved, id);
            if (job is null) continue;
            yield return (job, session.List("SELECT group_name FROM job_group WHERE job_id = @0 ORDER BY group_name", row => row.GetString(0), id));
        }
    }

    private static IEnumerable<(ResolvedJob Job, IReadOnlyList<string> Groups)> All(ReadSession session, bool withGroups)
    {
        var jobs = session.List("SELECT job_id, state, blocked FROM job_status ORDER BY job_id", Resolved);
        if (!withGroups) return jobs.Select(job => (job, (IReadOnlyList<string>)[]));
        var groups = session.List("SELECT job_id, group_name FROM job_group ORDER BY job_id, group_name", row => (JobId: row.GetString(0), Group: row.GetString(1)))
            .ToLookup(row => row.JobId, row => row.Group, StringComparer.Ordinal);
        return jobs.Select(job => (job, (IReadOnlyList<string>)[.. groups[job.JobId]]));
    }

    private static DatafeedRow Datafeed(DbDataReader row) =>
        new(DatafeedJson.Deserialize(row.GetFieldValue<byte[]>(0)), StoredJson.Status(row.GetFieldValue<byte[]>(1)));

    private static ResolvedJob Resolved(DbDataReader row) =>
        new(row.GetString(0), CatalogCodes.State(row.GetString(1)), CatalogCodes.Blocked(row.GetString(2)));
}
