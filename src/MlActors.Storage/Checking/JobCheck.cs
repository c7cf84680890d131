using System.Text.Json;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Storage.Documents;
using MlActors.Storage.Journal;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Reads;

namespace MlActors.Storage.Checking;

/// <summary>Does what the owner of a job does when it recovers: folds the journal, reads the row, decodes the input that waits, restores the snapshots.</summary>
internal sealed class JobCheck(ReadSession session, Findings findings)
{
    private const string Stream = "job-";
    private const int WordsOfAKind = 3;
    private const string Backup = "restore a backup; or, to go on without what is lost, reset the job (POST _ml/anomaly_detectors/{0}/_reset) or delete it";

    public void Run(string job)
    {
        var config = Read(job, "configuration", "SELECT config FROM job WHERE job_id = @0", json => JobConfigJson.Deserialize(json));
        var state = Fold(Stream + job);
        if (state is null) return;
        if (!state.Exists)
        {
            Add(job, "has a configuration, but its journal does not know it", "delete the row of the job from the table [job], or restore a backup");
            return;
        }
        CheckRow(job, state);
        // What is being removed goes piece by piece, while the journal still speaks of it.
        if (config is null || state.Blocked != BlockedReason.None) return;
        var settings = config.ToSettings();
        CheckInputs(job, state, settings);
        CheckSnapshots(job, state, settings);
    }

    /// <summary>Journals of jobs that the catalog does not know. That of a deleted job may still be there, if it says so.</summary>
    public void RunStreamsWithoutJobs()
    {
        var streams = session.List(
            $"SELECT DISTINCT persistence_id FROM journal WHERE deleted = 0 AND NOT EXISTS (SELECT 1 FROM job WHERE '{Stream}' || job_id = persistence_id) ORDER BY persistence_id",
            row => row.GetString(0));
        foreach (var stream in streams)
            if (Fold(stream) is { Exists: true })
                Add(stream[Math.Min(Stream.Length, stream.Length)..], "has a journal, but no configuration", "restore a backup; without one, delete the rows of the stream from the table [journal]");
    }

    /// <returns><c>null</c>: it cannot be folded, which was added.</returns>
    private JobLifecycleState? Fold(string stream)
    {
        var (state, expected, problem) = (JobLifecycleState.Absent, 0L, "");
        using (var rows = session.Execute("SELECT sequence_nr, manifest, payload, deleted FROM journal WHERE persistence_id = @0 ORDER BY sequence_nr", stream))
        {
            while (problem.Length == 0 && rows.Read())
            {
                var (number, manifest, deleted) = (rows.GetInt64(0), rows.GetString(1), rows.GetInt64(3) != 0);
                if (expected > 0 && number != expected) problem = $"event {expected} is missing, the next is {number}";
                var first = expected == 0;
                expected = number + 1;
                // A stream whose events were dropped keeps the number of the newest in an empty row.
                if (deleted || problem.Length > 0) continue;
                try
                {
                    var happened = EventFormat.Deserialize(manifest, rows.GetFieldValue<byte[]>(2));
                    if (first && happened is not (JobCreated or StateSaved)) problem = $"it begins with event {number} ({manifest}), those before are missing";
                    else state = JobLifecycle.Apply(state, happened);
                }
                catch (Exception e) when (e is InvalidDataException or ArgumentException)
                {
                    problem = $"event {number} cannot be read: {e.Message.TrimEnd('.')}";
                }
            }
        }
        if (problem.Length == 0) return state;
        Add(stream[Math.Min(Stream.Length, stream.Length)..], $"has a damaged journal: {problem}", "restore a backup: without its journal the job does not start");
        return null;
    }

    private void CheckRow(string job, JobLifecycleState state)
    {
        if (Read(job, "status", "SELECT document FROM job_status WHERE job_id = @0", json => StoredJson.Status(json)) is not { } status) return;
        var (columns, head) = (session.First("SELECT state, blocked FROM job_status WHERE job_id = @0", row => row.GetString(0) + " " + row.GetString(1), job),
            session.List("SELECT seq FROM input_head WHERE job_id = @0", row => row.GetInt64(0), job));
        var folded = CatalogCodes.Of(state.State) + " " + CatalogCodes.Of(state.Blocked);
        if (columns != folded || CatalogCodes.Of(status.State) + " " + CatalogCodes.Of(status.Blocked) != folded)
            Add(job, $"is [{columns}] in the catalog and [{folded}] by its journal", "restore a backup; closing and opening the job (with force) writes the row anew");
        if (head is [var newest] && newest != status.InputSeq)
            Add(job, $"has input up to {newest} in its log, and up to {status.InputSeq} in its row", string.Format(null, Backup, job));
    }

    private void CheckInputs(string job, JobLifecycleState state, AnalysisSettings settings)
    {
        var (expected, after) = (0L, state.SnapshotSeq);
        using (var rows = session.Execute("SELECT seq, payload FROM input WHERE job_id = @0 ORDER BY seq", job))
        {
            while (rows.Read())
            {
                var number = rows.GetInt64(0);
                if (expected > 0 ? number != expected : number > after + 1)
                    Add(job, $"lacks the inputs {(expected > 0 ? expected : after + 1)} to {number - 1} of its log", string.Format(null, Backup, job));
                expected = number + 1;
                try
                {
                    if (!state.Quarantined.Contains(number)) InputCodec.Decode(rows.GetFieldValue<byte[]>(1), settings.Schema);
                }
                catch (InvalidDataException e)
                {
                    Add(job, $"has a damaged input {number} in its log{(number > after ? "" : " (its model contains it already)")}: {e.Message}", number > after
                        ? "open the job: it fails at this input and sets it aside, and goes on with the others when it is opened again; or restore a backup"
                        : "it is needed only if the newest snapshot were damaged; it goes with the next one");
                }
            }
        }
        var head = session.List("SELECT seq FROM input_head WHERE job_id = @0", row => row.GetInt64(0), job);
        if (head is [var newest] && newest > after && expected - 1 < newest)
            Add(job, $"lacks the inputs {Math.Max(expected, after + 1)} to {newest} at the end of its log", string.Format(null, Backup, job));
    }

    private void CheckSnapshots(string job, JobLifecycleState state, AnalysisSettings settings)
    {
        var ids = session.List("SELECT snapshot_id FROM snapshot WHERE job_id = @0 ORDER BY snapshot_id", row => row.GetString(0), job);
        foreach (var id in ids)
        {
            if (SnapshotProblem(job, id, settings) is not { } problem) continue;
            Add(job, $"has a damaged model snapshot [{id}]: {problem}", id == state.SnapshotId
                ? "it is the one to start from: an older one stands in for it when the job is opened, if its input is still there; else revert to another one, reset the job, or restore a backup"
                : $"delete it: DELETE _ml/anomaly_detectors/{job}/model_snapshots/{id}");
        }
        if (state.SnapshotId is { } start && !ids.Contains(start, StringComparer.Ordinal))
            Add(job, $"starts from the model snapshot [{start}], which is not there", "revert the job to another snapshot, reset it, or restore a backup");
    }

    private string? SnapshotProblem(string job, string id, AnalysisSettings settings)
    {
        try
        {
            using var state = new MemoryStream();
            StoredJson.Snapshot(session.First("SELECT document FROM snapshot WHERE job_id = @0 AND snapshot_id = @1", row => row.GetFieldValue<byte[]>(0), job, id));
            foreach (var piece in session.List("SELECT state FROM snapshot WHERE job_id = @0 AND snapshot_id = @1", row => row.GetFieldValue<byte[]>(0), job, id)) state.Write(piece);
            using (var parts = session.Execute("SELECT state FROM snapshot_part WHERE job_id = @0 AND snapshot_id = @1 ORDER BY part", job, id))
                while (parts.Read()) state.Write(parts.GetFieldValue<byte[]>(0));
            JobAnalysis.Restore(settings, state.ToArray());
            return null;
        }
        catch (Exception e) when (e is ModelStateException or InvalidDataException)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private T? Read<T>(string job, string name, string sql, Func<byte[], T> read) where T : class
    {
        try
        {
            if (session.First(sql, row => row.GetFieldValue<byte[]>(0), job) is { } json) return read(json);
            Add(job, $"has no row of its {name}", "restore a backup, or delete the rows of the job");
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            Add(job, $"has a damaged {name}: {e.Message.TrimEnd('.')}", "restore a backup");
        }
        return null;
    }

    private void Add(string job, string what, string fix) => findings.Add(string.Join(' ', what.Split(' ').Take(WordsOfAKind)), $"the job [{job}] {what}", fix);
}
