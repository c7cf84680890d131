using MlActors.Jobs.Configuration;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Documents;

namespace MlActors.Storage.Sql.Writes;

internal sealed class ConfigWrite(JobConfig config) : RowWrite
{
    private readonly byte[] _document = JobConfigJson.Serialize(config);

    public override int Bytes => _document.Length;

    public override void Execute(WriteSession session)
    {
        session.Prepare("INSERT INTO job (job_id, config) VALUES (?1, ?2) ON CONFLICT (job_id) DO UPDATE SET config = excluded.config")
            .Bind(1, config.JobId).BindText(2, _document).Do();
        session.Prepare("DELETE FROM job_group WHERE job_id = ?1").Bind(1, config.JobId).Do();
        foreach (var group in config.Groups)
        {
            session.Prepare("INSERT INTO job_group (group_name, job_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
                .Bind(1, group).Bind(2, config.JobId).Do();
        }
        session.Prepare("DELETE FROM filter_use WHERE job_id = ?1").Bind(1, config.JobId).Do();
        foreach (var filter in JobContext.FiltersOf(config))
            session.Prepare("INSERT INTO filter_use (filter_id, job_id) VALUES (?1, ?2)").Bind(1, filter).Bind(2, config.JobId).Do();
    }
}

internal sealed class DatafeedWrite(DatafeedConfig config) : RowWrite
{
    private readonly byte[] _document = DatafeedJson.Serialize(config);

    public override int Bytes => _document.Length;

    public override void Execute(WriteSession session)
    {
        session.Prepare("DELETE FROM datafeed WHERE job_id = ?1").Bind(1, config.JobId).Do();
        session.Prepare("INSERT INTO datafeed (datafeed_id, job_id, config) VALUES (?1, ?2, ?3) ON CONFLICT (datafeed_id) DO NOTHING")
            .Bind(1, config.DatafeedId).Bind(2, config.JobId).BindText(3, _document).Require(this);
    }

    public override StoreException Refusal() => Conflict($"Another job has a datafeed with the id [{config.DatafeedId}].");
}

internal sealed class DatafeedDelete(string jobId) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session) => session.Prepare("DELETE FROM datafeed WHERE job_id = ?1").Bind(1, jobId).Do();
}

internal sealed class StatusWrite(JobStatus status) : RowWrite
{
    private readonly byte[] _document = StoredJson.Serialize(status);

    public override int Bytes => _document.Length;

    public override void Execute(WriteSession session)
    {
        // Whoever does not know the newest input is an owner of the past: its row would take the job back to before that input.
        session.Prepare(
        """
        INSERT INTO job_status (job_id, state, blocked, active, deadline_ms, document, model_limit)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?8 WHERE NOT EXISTS (SELECT 1 FROM input_head WHERE job_id = ?1 AND seq <> ?7)
        ON CONFLICT (job_id) DO UPDATE SET state = excluded.state, blocked = excluded.blocked, active = excluded.active,
            deadline_ms = excluded.deadline_ms, document = excluded.document, model_limit = excluded.model_limit
        """)
        .Bind(1, status.JobId).Bind(2, CatalogCodes.Of(status.State)).Bind(3, CatalogCodes.Of(status.Blocked)).Bind(4, CatalogCodes.IsActive(status))
        .Bind(5, status.Deadline).BindText(6, _document).Bind(7, status.InputSeq)
        .Bind(8, status.ModelLimitBytes).Require(this);
    }

    public override StoreException Refusal() =>
        Conflict($"The row of the job [{status.JobId}] is not of its newest input: another owner has written to its log.");
}

internal sealed class JobRowsDelete(string jobId) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        session.Prepare("DELETE FROM job WHERE job_id = ?1").Bind(1, jobId).Do();
        session.Prepare("DELETE FROM job_group WHERE job_id = ?1").Bind(1, jobId).Do();
        session.Prepare("DELETE FROM job_status WHERE job_id = ?1").Bind(1, jobId).Do();
        session.Prepare("DELETE FROM filter_use WHERE job_id = ?1").Bind(1, jobId).Do();
        session.Prepare("DELETE FROM datafeed WHERE job_id = ?1").Bind(1, jobId).Do();
        session.Prepare("DELETE FROM calendar_job WHERE name = ?1").Bind(1, jobId).Do();
    }
}
