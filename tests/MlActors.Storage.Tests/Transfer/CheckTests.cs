using System.Text.RegularExpressions;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Documents.Store;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Checking;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Tests.Compliance;
using MlActors.Storage.Tests.Postgres;
using MlActors.Storage.Tests.Sqlite;

namespace MlActors.Storage.Tests.Transfer;

/// <summary>A storage that is well has no findings; each defect has one that names it and what to do.</summary>
[Collection(PostgresServer.Name)]
public sealed class CheckTests(PostgresServer server) : IAsyncLifetime
{
    // Changes the last byte.
    private static readonly Regex Flip = new(@"\{flip\((\w+)\)\}");

    private readonly SqliteUnderTest _files = new();
    private readonly PostgresUnderTest _schemas = new(server);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _files.DisposeAsync();
        await _schemas.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_storage_that_is_well_has_no_findings(bool postgres)
    {
        await FillAsync(postgres);
        var report = Check(postgres);
        report.Findings.ShouldBeEmpty();
        report.Jobs.ShouldBe(2);
    }

    [Theory]
    [InlineData("DELETE FROM journal WHERE sequence_nr = 2 AND persistence_id = 'job-a'", "the job [a] has a damaged journal: event 2 is missing, the next is 3", "restore a backup")]
    [InlineData("DELETE FROM journal WHERE sequence_nr = 1 AND persistence_id = 'job-a'", "the job [a] has a damaged journal: it begins with event 2 (job-opening/1), those before are missing", "restore a backup")]
    [InlineData("UPDATE journal SET manifest = 'job-opened/7' WHERE sequence_nr = 3", "event 3 cannot be read: This version does not know events of the kind [job-opened/7]", "restore a backup")]
    [InlineData("UPDATE journal SET payload = '{\"time\":' WHERE sequence_nr = 3", "event 3 cannot be read: An event of the kind [job-opened/1] is damaged", "restore a backup")]
    [InlineData("DELETE FROM job WHERE job_id = 'a'", "the job [a] has a journal, but no configuration", "restore a backup")]
    [InlineData("DELETE FROM journal WHERE persistence_id = 'job-b'", "the job [b] has a configuration, but its journal does not know it", "delete the row of the job")]
    [InlineData("DELETE FROM job_status WHERE job_id = 'b'", "the job [b] has no row of its status", "restore a backup")]
    [InlineData("UPDATE job SET config = 'x' WHERE job_id = 'a'", "the job [a] has a damaged configuration", "restore a backup")]
    [InlineData("UPDATE job_status SET state = 'closed' WHERE job_id = 'a'", "the job [a] is [closed none] in the catalog and [opened none] by its journal", "restore a backup")]
    [InlineData("DELETE FROM input WHERE seq = 4", "the job [a] lacks the inputs 4 to 4 of its log", "_ml/anomaly_detectors/a/_reset")]
    [InlineData("DELETE FROM input WHERE seq = 3", "the job [a] lacks the inputs 3 to 3 of its log", "_ml/anomaly_detectors/a/_reset")]
    [InlineData("DELETE FROM input WHERE seq = 5", "the job [a] lacks the inputs 5 to 5 at the end of its log", "_ml/anomaly_detectors/a/_reset")]
    [InlineData("UPDATE input_head SET seq = 6", "the job [a] has input up to 6 in its log, and up to 5 in its row", "restore a backup")]
    [InlineData("UPDATE input SET payload = {flip(payload)} WHERE seq = 4", "the job [a] has a damaged input 4 in its log: the input is damaged: its checksum does not fit", "open the job")]
    [InlineData("UPDATE snapshot SET state = {flip(state)} WHERE snapshot_id = '200'", "has a damaged model snapshot [200]: the model state is damaged: its checksum does not fit", "an older one stands in")]
    [InlineData("UPDATE snapshot SET state = {flip(state)} WHERE snapshot_id = '100'", "has a damaged model snapshot [100]: the model state is damaged", "delete it: DELETE _ml/anomaly_detectors/a/model_snapshots/100")]
    [InlineData("DELETE FROM snapshot WHERE snapshot_id = '200'", "starts from the model snapshot [200], which is not there", "revert the job")]
    [InlineData("INSERT INTO score_scale (job_id, scale) VALUES ('gone', '[]')", "1 rows of [score_scale] are of [gone], which [job] does not know", "create a job with this id and delete it")]
    [InlineData("INSERT INTO forecast_point (job_id, forecast_id, timestamp, ordinal, document) VALUES ('a', 'f', 1, 1, '{}')", "1 rows of [forecast_point] are of [a/f], which [forecast] does not know", "delete these rows")]
    [InlineData("UPDATE bucket SET document = '{\"a\"'", "[bucket.document] of [a/300] is no JSON", "delete this row")]
    [InlineData("documents: UPDATE document SET source = {flip(source)}", "[document.source] of [1/7/0] is no JSON", "restore a backup")]
    [InlineData("documents: DELETE FROM document", "the index [logs] says 1 documents of 9 bytes, and has 0 of 0", "restore a backup")]
    [InlineData("documents: UPDATE document SET time_ms = 99", "the index [logs] has documents outside of its bounds", "restore a backup")]
    [InlineData("documents: DELETE FROM doc_index", "1 rows of [document] are of the index 1 and of nothing that is there", "delete these rows")]
    [InlineData("UPDATE schema_version SET version = version - 1", "the jobs have schema", "run `mlactors storage migrate`, and check again")]
    public async Task Each_defect_is_found_and_told_with_what_to_do(string damage, string what, string fix)
    {
        foreach (var postgres in (bool[])[false, true])
        {
            await FillAsync(postgres);
            await DamageAsync(postgres, damage);
            var findings = Check(postgres).Findings;
            findings.ShouldContain(finding => finding.What.Contains(what) && finding.Fix.Contains(fix), string.Join("\n", findings));
        }
    }

    [Fact]
    public async Task Many_defects_of_a_kind_are_counted()
    {
        await FillAsync(postgres: false);
        using (var connection = _files.Connect())
            for (var i = 0; i < 50; i++) MadeRows.Execute(connection, $"INSERT INTO score_scale (job_id, scale) VALUES ('gone-{i}', '[]')");
        Check(postgres: false).Findings.Count.ShouldBe(21);
        Check(postgres: false).Findings[^1].What.ShouldBe("30 more of this kind: score_scale without job");
    }

    [Fact]
    public async Task A_page_that_is_damaged_is_found()
    {
        await FillAsync(postgres: false);
        using (var connection = _files.Connect()) MadeRows.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'message_of_job'");
        Check(postgres: false).Findings.ShouldContain(finding => finding.What.Contains("mlactors.db is damaged: "));
    }

    [Fact]
    public async Task On_PostgreSQL_a_check_goes_on_beside_servers_and_says_so_and_on_SQLite_it_is_refused()
    {
        await FillAsync(postgres: true);
        await using (var storage = _schemas.Open())
        {
            (await storage.CheckAsync(TimeSpan.FromSeconds(20))).Healthy.ShouldBeTrue();
            Check(postgres: true).Notes.ShouldHaveSingleItem().ShouldContain("in use by the server at 127.0.0.1");
        }
        Check(postgres: true).Notes.ShouldBeEmpty();
        await using var served = _files.Open();
        Should.Throw<StorageOpenException>(() => Check(postgres: false)).Message.ShouldContain("in use by another server");
    }

    private async Task FillAsync(bool postgres)
    {
        await using var storage = postgres ? (IStorage)_schemas.Open() : _files.Open();
        var config = Make.Config("a", "group");
        var model = JobAnalysis.Create(config.ToSettings()).SaveState();
        await storage.Events.AppendAsync("job-a", [new(1, new JobCreated(1, config)), new(2, new JobOpening(2, 1, 9)), new(3, new JobOpened(3)), new(4, new SnapshotTaken(4, "200", 2))],
        [
            new PutConfig(config), .. Enumerable.Range(1, 5).Select(seq => new AppendInput("a", seq, InputKind.AdvanceTime, InputCodec.Encode(new AdvanceTimeInput(300 * seq)))),
            new TrimInputs("a", 1), new PutStatus(Make.Status("a", JobState.Opened) with { InputSeq = 5 }),
            new PutSnapshot(Make.Snapshot("a", "100"), model), new PutSnapshot(Make.Snapshot("a", "200"), model), Make.Results("a", Make.Bucket(300, 50, records: [Make.Record(50)])),
            new AppendMessages("gone", [new("gone", 1, Jobs.Auditing.AuditLevel.Info, "tells of a job that is gone", "n", null)]),
        ]);
        await storage.Events.AppendAsync("job-b", [new(7, new StateSaved(7, new JobLifecycleState { Config = Make.Config("b") }))], Make.Job("b"));
        await storage.Events.AppendAsync("job-c", [new(1, new JobCreated(1, Make.Config("c"))), new(2, new JobDeleted(2))], []);
        await storage.Events.DeleteAsync("job-c", 2);
        var (index, _) = await storage.Documents.CreateIndexAsync(new IndexDefinition("logs", "uuid", "t", "{}", "{}", null, 1));
        await storage.Documents.WriteAsync(index.Number, [new DocumentWrite(WriteKind.Index, "id", 7, "{\"n\": 12}"u8.ToArray())]);
    }

    private async Task DamageAsync(bool postgres, string sql)
    {
        const string documents = "documents: ";
        var ofDocuments = sql.StartsWith(documents);
        var text = ofDocuments ? sql[documents.Length..] : sql;
        if (postgres)
        {
            var changed = Flip.Replace(text, "set_byte($1, length($1) - 1, 255 - get_byte($1, length($1) - 1))");
            await _schemas.ExecuteAsync((ofDocuments ? $"SET search_path = {_schemas.Schema}_documents; " : "") + changed);
            return;
        }
        using var connection = MadeRows.Connect(ofDocuments ? _files.Options.ForDocuments.DatabasePath : _files.Options.DatabasePath);
        connection.CreateFunction<byte[], byte[]>("flip", bytes => [.. bytes[..^1], (byte)(255 - bytes[^1])]);
        MadeRows.Execute(connection, Flip.Replace(text, "flip($1)"));
    }

    private CheckReport Check(bool postgres) => (postgres ? StorageMaintenance.Of(_schemas.Options) : StorageMaintenance.Of(_files.Options)).Check();
}
