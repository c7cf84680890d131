using MlActors.Jobs.Lifecycle;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Checking;

/// <summary>Rows that belong to something that is not there.</summary>
internal static class ReferenceCheck
{
    /// <summary>Messages stay when their job goes.</summary>
    private const string MayBeWithoutJob = "message";

    /// <param name="Child">The table whose rows belong to a row of <paramref name="Parent"/> with the same values in <paramref name="Columns"/>.</param>
    private sealed record Rule(string Child, string Parent, string Fix, params string[] Columns)
    {
        public bool OfJobs => Columns[0] == "job_id";
    }

    // A job that is being reset, reverted or deleted loses its rows piece by piece.
    private static readonly string Settled =
        $" AND NOT EXISTS (SELECT 1 FROM job_status AS status WHERE status.job_id = child.job_id AND status.blocked <> '{CatalogCodes.Of(BlockedReason.None)}')";

    private static readonly Rule[] Rules =
    [
        new("forecast_point", "forecast", "they show nowhere; delete these rows", "job_id", "forecast_id"),
        new("snapshot_part", "snapshot", "they show nowhere; delete these rows", "job_id", "snapshot_id"),
        new("filter_item", "filter", "they show nowhere; delete these rows", "filter_id"),
        new("calendar_job", "calendar", "they show nowhere; delete these rows", "calendar_id"),
        new("calendar_event", "calendar", "they show nowhere; delete these rows", "calendar_id"),
        new("job", "job_status", "restore a backup, or delete the rows of the job", "job_id"),
    ];

    public static void Run(ReadSession session, IEnumerable<TableShape> tables, Findings findings, CancellationToken cancellation)
    {
        foreach (var rule in OfJobs(tables).Concat(Rules))
        {
            cancellation.ThrowIfCancellationRequested();
            var same = string.Join(" AND ", rule.Columns.Select(column => $"parent.{column} = child.{column}"));
            var columns = string.Join(", ", rule.Columns.Select(column => "child." + column));
            var orphans = session.List(
                $"SELECT count(*), {columns} FROM {rule.Child} AS child WHERE NOT EXISTS (SELECT 1 FROM {rule.Parent} AS parent WHERE {same}){(rule.OfJobs ? Settled : "")} GROUP BY {columns} ORDER BY {columns}",
                row => (Count: row.GetInt64(0), Of: string.Join("/", rule.Columns.Select((_, i) => row.GetValue(i + 1)))));
            foreach (var (count, of) in orphans)
                findings.Add($"{rule.Child} without {rule.Parent}", $"{count} rows of [{rule.Child}] are of [{of}], which [{rule.Parent}] does not know", rule.Fix);
        }
    }

    // Whatever table names a job: asked of the catalog, so that a new one is not forgotten.
    private static IEnumerable<Rule> OfJobs(IEnumerable<TableShape> tables) => tables
        .Where(table => table.Name is not ("job" or MayBeWithoutJob) && table.Columns.Any(column => column.Name == "job_id"))
        .Select(table => new Rule(table.Name, "job", "leftovers of a job that is gone: create a job with this id and delete it, which removes them", "job_id"));
}
