using MlActors.Jobs.Storage;
using MlActors.Storage.Postgres;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Tests.Compliance;
using MlActors.Storage.Tests.Postgres;
using MlActors.Storage.Tests.Sqlite;
using MlActors.Storage.Transfer;
using Npgsql;

namespace MlActors.Storage.Tests.Transfer;

/// <summary>Every row of every table arrives with all its bits, whichever way it goes.</summary>
[Collection(PostgresServer.Name)]
public sealed class RoundTripTests(PostgresServer server)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rows_are_the_same_after_the_way_to_PostgreSQL_and_back(int seed)
    {
        await using var from = new SqliteUnderTest();
        await using var over = new PostgresUnderTest(server);
        await using var to = new SqliteUnderTest();
        MadeRows.Into(from, rows: 20, seed);
        var made = MadeRows.Of(from);
        made.Count.ShouldBeGreaterThan(20 * 25);

        using var first = Export(StorageMaintenance.Of(from.Options));
        StorageMaintenance.Of(over.Options).Import(first).Rows.ShouldBe(made.Count);
        (await ReadAsync(over)).ShouldBe(made);
        using var second = Export(StorageMaintenance.Of(over.Options));
        StorageMaintenance.Of(to.Options).Import(second).ChangedTexts.ShouldBe(0);
        MadeRows.Of(to).ShouldBe(made);

        using var third = Export(StorageMaintenance.Of(to.Options));
        third.ToArray().ShouldBe(first.ToArray());
        from.Open().Dispose();
        to.Open().Dispose();
        over.Open().Dispose();
    }

    [Fact]
    public async Task An_export_beside_a_server_that_writes_is_of_one_moment()
    {
        await using var place = new PostgresUnderTest(server);
        await using var storage = place.Open();
        using var enough = new CancellationTokenSource();
        var newest = 0L;
        // Each transaction writes an input, its number, and a row that names it.
        var load = Task.Run(async () =>
        {
            for (var seq = 1L; !enough.IsCancellationRequested; seq++)
            {
                await storage.Jobs.WriteAsync([Make.Input("a", seq, 1, 2, 3), new PutStatus(Make.Status("a") with { InputSeq = seq })]);
                Volatile.Write(ref newest, seq);
            }
        });
        for (var round = 0; round < 8; round++)
        {
            var before = Volatile.Read(ref newest);
            while (Volatile.Read(ref newest) < before + 20) await Task.Yield();
            using var export = Export(StorageMaintenance.Of(place.Options));
            await using var to = new SqliteUnderTest();
            StorageMaintenance.Of(to.Options).Import(export);
            await using var copy = to.Open();
            var seq = (await copy.Jobs.ReadStatusAsync("a"))!.InputSeq;
            seq.ShouldBeGreaterThanOrEqualTo(before + 20);
            (await copy.Jobs.ReadInputsAsync("a", seq - 1, int.MaxValue)).Select(input => input.Seq).ShouldBe([seq]);
        }
        await enough.CancelAsync();
        await load;
    }

    [Fact]
    public async Task Moving_needs_no_memory_for_rows()
    {
        const int rows = 20_000, bytes = 2_000;
        await using var from = new SqliteUnderTest();
        await using var over = new PostgresUnderTest(server);
        await using var to = new SqliteUnderTest();
        from.Open().Dispose();
        using (var connection = from.Connect())
            MadeRows.Execute(connection, $"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO input SELECT 'a', i, 1, randomblob({bytes}) FROM n");
        var path = to.NewPath("export");
        foreach (var (place, target) in ((StorageMaintenance, StorageMaintenance)[])[(StorageMaintenance.Of(from.Options), StorageMaintenance.Of(over.Options)), (StorageMaintenance.Of(over.Options), StorageMaintenance.Of(to.Options))])
        {
            using var file = new FileStream(path, FileMode.Create);
            Allocated(() => place.Export(file).Bytes.ShouldBeGreaterThan(rows * bytes)).ShouldBeLessThan(rows * bytes / 5);
            file.Position = 0;
            Allocated(() => target.Import(file)).ShouldBeLessThan(rows * bytes / 5);
        }

        static long Allocated(Action work)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task Both_databases_have_the_same_tables_but_for_those_that_stay_behind()
    {
        await using var file = new SqliteUnderTest();
        await using var schemas = new PostgresUnderTest(server);
        file.Open().Dispose();
        schemas.Open().Dispose();
        using var sqlite = new SqliteRowSource(file.Options);
        using var postgres = new PostgresRowSource(schemas.Options);
        postgres.Tables.Select(Show).ShouldBe(sqlite.Tables.Select(Show));
        sqlite.Tables.ShouldAllBe(table => table.Key.Count > 0);

        await using var connection = await schemas.ConnectAsync();
        var names = new List<string>();
        await using (var command = new NpgsqlCommand($"SELECT tablename FROM pg_tables WHERE schemaname IN ('{schemas.Schema}', '{schemas.Schema}_documents')", connection))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        // A table that stays behind without being there is a name that was written wrong.
        TransferTables.LeftOut.Keys.ShouldAllBe(name => names.Contains(name));

        static string Show(TableShape table) => $"{table} {string.Join(", ", table.Columns)} by {table.KeyList}";
    }

    private static MemoryStream Export(StorageMaintenance storage)
    {
        using var stream = new MemoryStream();
        storage.Export(stream);
        return new MemoryStream(stream.ToArray());
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(PostgresUnderTest place)
    {
        var lines = new List<string>();
        using var source = new PostgresRowSource(place.Options);
        await using var connection = await place.ConnectAsync();
        foreach (var table in source.Tables)
        {
            var schema = place.Schema + (table.Part == StoragePart.Jobs ? "" : "_documents");
            await using var command = new NpgsqlCommand($"SELECT {table.ColumnList} FROM {schema}.{table.Name} ORDER BY {table.KeyList}", connection);
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync()) lines.Add(table.Name + "|" + string.Join("|", Enumerable.Range(0, row.FieldCount).Select(i => MadeRows.Show(row.GetValue(i)))));
        }
        return lines;
    }
}
