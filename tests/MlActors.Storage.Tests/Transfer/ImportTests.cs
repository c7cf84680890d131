using System.IO.Compression;
using System.Text;
using MlActors.Documents.Store;
using MlActors.Jobs.Storage;
using MlActors.Storage.Postgres;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Documents;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Tests.Compliance;
using MlActors.Storage.Tests.Postgres;
using MlActors.Storage.Tests.Sqlite;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Tests.Transfer;

/// <summary>An import takes all or nothing, and says what is wrong. On either kind of database.</summary>
[Collection(PostgresServer.Name)]
public sealed class ImportTests(PostgresServer server) : IAsyncLifetime
{
    private const int GzipHeader = 10;

    private readonly SqliteUnderTest _from = new();
    private readonly SqliteUnderTest _files = new();
    private readonly PostgresUnderTest _schemas = new(server);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _from.DisposeAsync();
        await _files.DisposeAsync();
        await _schemas.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_truncated_export_is_refused_wherever_it_ends_and_a_whole_one_is_taken_then(bool postgres)
    {
        MadeRows.Into(_from, rows: 3, seed: 4);
        var whole = Export(_from);
        foreach (var length in Places(whole.Length, postgres ? 12 : 60).Append(whole.Length - 1))
            Refusal(postgres, whole[..length]).ShouldMatch("damaged|no export of MlActors");
        Import(postgres, whole).Rows.ShouldBe(MadeRows.Of(_from).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_byte_that_changed_anywhere_is_found_before_anything_is_there(bool postgres)
    {
        MadeRows.Into(_from, rows: 3, seed: 5);
        var whole = Export(_from);
        foreach (var place in Places(whole.Length, postgres ? 12 : 120).Where(place => place >= GzipHeader))
        {
            var changed = whole.ToArray();
            changed[place] ^= 1;
            Refusal(postgres, changed).ShouldMatch("damaged|no export of MlActors|reads format");
        }
        // And where the compression does not notice: one bit of a value, one of the checksum.
        var plain = Unpacked(whole);
        foreach (var place in Places(plain.Length, postgres ? 6 : 40).Append(plain.Length - 1))
        {
            var changed = plain.ToArray();
            changed[place] ^= 1;
            Refusal(postgres, Packed(changed)).ShouldMatch("damaged|no export of MlActors|reads format|knows|holds NaN");
        }
        Refusal(postgres, Packed([.. plain, 0])).ShouldContain("something behind its end");
        Import(postgres, whole).Rows.ShouldBe(MadeRows.Of(_from).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_storage_with_rows_is_refused_and_left_alone(bool postgres)
    {
        MadeRows.Into(_from, rows: 1, seed: 6);
        await using (var storage = Open(postgres)) await storage.Jobs.WriteAsync(Make.Job("mine"));
        Should.Throw<StoreException>(() => Import(postgres, Export(_from))).Message.ShouldMatch("is not empty: its table \\[job\\] has rows. Import into an empty");
        await using var after = Open(postgres);
        (await after.Catalog.FindAsync("mine")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_storage_that_was_opened_and_not_used_is_empty(bool postgres)
    {
        MadeRows.Into(_from, rows: 2, seed: 7);
        await using (var storage = Open(postgres)) (await storage.CheckAsync(TimeSpan.FromSeconds(20))).Healthy.ShouldBeTrue();
        Import(postgres, Export(_from)).Rows.ShouldBe(MadeRows.Of(_from).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_import_into_a_storage_that_is_served_is_refused(bool postgres)
    {
        MadeRows.Into(_from, rows: 1, seed: 8);
        await using var storage = Open(postgres);
        (await storage.CheckAsync(TimeSpan.FromSeconds(20))).Healthy.ShouldBeTrue();
        var message = Should.Throw<Exception>(() => Import(postgres, Export(_from))).Message;
        message.ShouldMatch(postgres ? "in use by the server at 127.0.0.1. Stop them, and import then" : "in use by another server. Stop that server");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_after_an_import_has_new_numbers_and_owners(bool postgres)
    {
        string job;
        await using (var storage = _from.Open())
        {
            await storage.Events.AppendAsync("job-a", [new(1, new Jobs.Lifecycle.JobOpening(1, 0, 5))], Make.Job("a"));
            await storage.Jobs.WriteAsync([Make.Input("a", 1, 9), new PutStatus(Make.Status("a") with { InputSeq = 1 })]);
            job = "job-a";
            // The newest index goes, and its number is never used again.
            await Index(storage, "one");
            await Index(storage, "two");
        }
        using (var connection = MadeRows.Connect(_from.Options.ForDocuments.DatabasePath)) MadeRows.Execute(connection, "DELETE FROM doc_index WHERE name = 'two'");
        Import(postgres, Export(_from));
        await using var moved = Open(postgres);
        (await moved.Events.TakeOverAsync(job)).ShouldBe(1);
        await moved.Events.AppendAsync(job, [new(2, new Jobs.Lifecycle.JobOpened(2))], [Make.Input("a", 2, 9), new PutStatus(Make.Status("a") with { InputSeq = 2 })]);
        await Should.ThrowAsync<StoreException>(() => moved.Events.AppendAsync(job, [new(2, new Jobs.Lifecycle.JobOpened(3))], []));
        await Should.ThrowAsync<StoreException>(() => moved.Jobs.WriteAsync([Make.Input("a", 2, 9)]));
        (await Index(moved, "three")).ShouldBe(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_export_of_an_older_schema_becomes_a_storage_of_this_one(bool postgres)
    {
        Directory.CreateDirectory(_from.Options.DataDirectory);
        using (var jobs = SqliteFile.OpenWriter(_from.Options))
        using (var documents = SqliteFile.OpenWriter(_from.Options.ForDocuments))
        {
            SqliteMigration.Run(jobs, Schema.Main, version: 3);
            SqliteMigration.Run(documents, DocumentSchema.Schema, version: 1);
            SqliteFile.Execute(jobs, "INSERT INTO api_key (id, name, secret_hash, owner, created_ms, invalidated) VALUES ('k', 'old', 'h', 'o', 7, 0); UPDATE context_version SET version = 41");
        }
        Import(postgres, Export(_from));
        await using var moved = Open(postgres);
        var key = (await moved.Security.FindApiKeyAsync("k")).ShouldNotBeNull();
        (key.Name, key.CreatedMs, key.Indices).ShouldBe(("old", 7L, null));
        await moved.Jobs.WriteAsync([new AppendMessages("a", [])]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_newer_schema_and_a_newer_format_are_refused_with_who_can_read_them(bool postgres)
    {
        MadeRows.Into(_from, rows: 1, seed: 9);
        var plain = Encoding.Latin1.GetString(Unpacked(Export(_from)));
        using var newer = new MemoryStream();
        using (var writer = new ExportWriter(newer, new ExportHeader("9.1.0", Schema.CurrentVersion + 1, 1, "sqlite"))) writer.Finish(0);
        Refusal(postgres, newer.ToArray()).ShouldMatch($"has schema {Schema.CurrentVersion + 1} of the jobs, .* knows {Schema.CurrentVersion}. Import it with MlActors 9.1.0 or newer");
        Refusal(postgres, Packed(Encoding.Latin1.GetBytes(plain.Replace("EXPORT 1\n", "EXPORT 2\n")))).ShouldContain("has the format 2");
        Refusal(postgres, Encoding.ASCII.GetBytes("job,time\na,1\n")).ShouldContain("no export of MlActors: give a file that `mlactors storage export` has written");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_that_comes_twice_is_of_a_damaged_export(bool postgres)
    {
        MadeRows.Into(_from, rows: 1, seed: 12);
        using var twice = new MemoryStream();
        using (var source = new SqliteRowSource(_from.Options))
        using (var writer = new ExportWriter(twice, new ExportHeader("0.1.0", source.Versions.Jobs, source.Versions.Documents, source.Kind)))
        {
            foreach (var table in source.Tables)
            {
                writer.BeginTable(table);
                foreach (var row in source.Read(table).SelectMany(row => new[] { row, row })) writer.Write(row);
                writer.EndTable(null);
            }
            writer.Finish(2 * MadeRows.Of(_from).Count);
        }
        Refusal(postgres, twice.ToArray()).ShouldMatch("The table \\[annotation\\] cannot be imported: .* Nothing was imported; the export is damaged");
    }

    [Fact]
    public async Task Whoever_opens_a_database_while_it_takes_an_import_waits_and_finds_all_of_it()
    {
        MadeRows.Into(_from, rows: 1, seed: 13);
        PostgresStorage? storage = null;
        Task? opening = null;
        using var export = new MemoryStream(Export(_from));
        using (var target = new PostgresRowTarget(_schemas.Options))
        {
            target.Prepare(new SchemaVersions(Schema.CurrentVersion, DocumentSchema.Schema.CurrentVersion));
            opening = Task.Run(() => storage = _schemas.Open());
            while (await _schemas.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'") is 0L) await Task.Yield();
            using var reader = new ExportReader(export);
            var row = new RowBuffer();
            while (reader.NextTable() is { } table)
            {
                target.Begin(table);
                long? counted;
                while (reader.Read(row, out counted)) target.Write(row);
                target.End(counted);
            }
            opening.IsCompleted.ShouldBeFalse();
            target.Complete();
        }
        await opening;
        await using (storage.ShouldNotBeNull()) (await _schemas.ScalarAsync("SELECT count(*) FROM job")).ShouldBe(1L);
    }

    [Fact]
    public async Task What_a_database_cannot_keep_is_said()
    {
        await using (var storage = _from.Open())
            await storage.Jobs.WriteAsync([new PutCategories("a", [Make.Category(1, "a\0b")], 1), Make.Results("a", Make.Bucket(300, 50))]);
        Import(postgres: true, Export(_from)).ChangedTexts.ShouldBe(1);
        (await _schemas.ScalarAsync("SELECT partition_value FROM category")).ShouldBe("a\uFFFDb");

        await _schemas.ExecuteAsync("UPDATE bucket SET anomaly_score = '-0', processing_ms = '-infinity'");
        using (var back = new MemoryStream(Export(StorageMaintenance.Of(_schemas.Options)))) StorageMaintenance.Of(_files.Options).Import(back);
        using (var connection = _files.Connect())
        {
            ((double)SqliteFile.Scalar(connection, "SELECT anomaly_score FROM bucket")).ShouldBe(0);
            ((double)SqliteFile.Scalar(connection, "SELECT processing_ms FROM bucket")).ShouldBe(double.NegativeInfinity);
        }
        await _schemas.ExecuteAsync("UPDATE bucket SET anomaly_score = 'NaN'");
        await using var none = new SqliteUnderTest();
        using var nan = new MemoryStream(Export(StorageMaintenance.Of(_schemas.Options)));
        Should.Throw<StoreException>(() => StorageMaintenance.Of(none.Options).Import(nan)).Message.ShouldBe("[bucket.anomaly_score] holds NaN, which SQLite cannot keep. Import into PostgreSQL.");

        // PostgreSQL keeps each bit of it.
        await using var other = new PostgresUnderTest(server);
        nan.Position = 0;
        StorageMaintenance.Of(other.Options).Import(nan);
        double.IsNaN((double)(await other.ScalarAsync("SELECT anomaly_score FROM bucket"))!).ShouldBeTrue();
    }

    [Fact]
    public void A_folder_whose_import_was_broken_off_is_refused_by_a_server_and_taken_by_the_next_import()
    {
        MadeRows.Into(_from, rows: 2, seed: 10);
        var export = Export(_from);
        Directory.CreateDirectory(_files.Options.DataDirectory);
        File.WriteAllText(_files.Options.DatabasePath + ".importing", "half");
        Should.Throw<StorageOpenException>(() => _files.Open()).Message.ShouldMatch("was broken off. Run `mlactors storage import` again, or delete .*mlactors.db.importing");
        Import(postgres: false, export);
        MadeRows.Of(_files).ShouldBe(MadeRows.Of(_from));
        _files.Open().Dispose();
    }

    [Fact]
    public void An_import_that_has_committed_is_finished_by_whoever_comes_next()
    {
        MadeRows.Into(_from, rows: 2, seed: 11);
        Import(postgres: false, Export(_from));
        File.Move(_files.Options.DatabasePath, _files.Options.DatabasePath + ".imported");
        File.Move(_files.Options.ForDocuments.DatabasePath, _files.Options.ForDocuments.DatabasePath + ".importing");
        _files.Open().Dispose();
        MadeRows.Of(_files).ShouldBe(MadeRows.Of(_from));
    }

    private string Refusal(bool postgres, byte[] export)
    {
        var message = Should.Throw<StoreException>(() => Import(postgres, export)).Message;
        if (postgres) _schemas.ScalarAsync($"SELECT count(*) FROM pg_namespace WHERE nspname LIKE '{_schemas.Schema}%'").GetAwaiter().GetResult().ShouldBe(0L, message);
        else Directory.GetFiles(_files.Options.DataDirectory).Select(Path.GetFileName).ShouldBe(["mlactors.lock"], message);
        return message;
    }

    private TransferSummary Import(bool postgres, byte[] export)
    {
        using var stream = new MemoryStream(export);
        return (postgres ? StorageMaintenance.Of(_schemas.Options) : StorageMaintenance.Of(_files.Options)).Import(stream);
    }

    private static async Task<long> Index(IStorage storage, string name) => (await storage.Documents.CreateIndexAsync(new IndexDefinition(name, name, "", "{}", "{}", null, 5))).Index.Number;

    private IStorage Open(bool postgres) => postgres ? _schemas.Open() : _files.Open();

    private static byte[] Export(SqliteUnderTest place) => Export(StorageMaintenance.Of(place.Options));

    private static byte[] Export(StorageMaintenance storage)
    {
        using var stream = new MemoryStream();
        storage.Export(stream);
        return stream.ToArray();
    }

    private static IEnumerable<int> Places(int length, int count) => Enumerable.Range(0, count).Select(i => (int)((long)length * i / count));

    private static byte[] Unpacked(byte[] export)
    {
        using var stream = new GZipStream(new MemoryStream(export), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Packed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest)) stream.Write(plain);
        return packed.ToArray();
    }
}
