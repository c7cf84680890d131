using System.Text;
using System.Text.Json;
using MlActors.Documents.Queries;
using MlActors.Documents.Store;

namespace MlActors.Storage.Tests.Compliance;

/// <summary>What the document store promises to those who send documents and to those who read them in the order of time.</summary>
public abstract class DocumentCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    private IDocumentStore Documents => Storage.Documents;

    [Fact]
    public async Task An_index_is_created_once_and_found_again_after_a_restart()
    {
        var (index, created) = await Documents.CreateIndexAsync(Definition("logs") with { Retention = TimeSpan.FromDays(30), Mappings = """{"properties":{"t":{"type":"date"}}}""" });
        var (again, createdAgain) = await Documents.CreateIndexAsync(Definition("logs") with { Uuid = "other" });
        (created, createdAgain, again.Number).ShouldBe((true, false, index.Number));
        await ReopenAsync();
        var found = await Documents.FindIndexAsync("logs");
        found!.Definition.ShouldBe(index.Definition);
        found.Definition.Retention.ShouldBe(TimeSpan.FromDays(30));
        (await Documents.FindIndexAsync("none")).ShouldBeNull();
    }

    [Fact]
    public async Task A_time_field_is_settled_once()
    {
        var (index, _) = await Documents.CreateIndexAsync(Definition("logs") with { TimeField = null });
        (await Documents.SettleTimeFieldAsync(index.Number, "ts"))!.TimeField.ShouldBe("ts");
        (await Documents.SettleTimeFieldAsync(index.Number, "other"))!.TimeField.ShouldBe("ts");
        await Documents.DeleteIndexAsync(index.Number);
        (await Documents.SettleTimeFieldAsync(index.Number, "ts")).ShouldBeNull();
    }

    [Fact]
    public async Task Documents_come_in_the_order_of_their_times_whatever_the_order_of_their_arrival()
    {
        var index = await IndexAsync("logs");
        await PutAsync(index, 30, 10, 20, 10);
        (await ReadAllAsync(new DocumentScan([index], Query.All))).Select(read => (read.Position.TimeMs, read.Position.Seq)).ShouldBe([(10, 1), (10, 3), (20, 2), (30, 0)]);
        (await ReadAllAsync(new DocumentScan([index], Query.All) { Descending = true })).Select(read => read.Position.Seq).ShouldBe([0, 2, 3, 1]);
        (await ReadAllAsync(new DocumentScan([index], Query.All, 10, 30))).Select(read => read.Position.Seq).ShouldBe([1, 3, 2], "the start is inclusive, the end exclusive");
        (await ReadAllAsync(new DocumentScan([index], Query.All, 11, 20))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_of_any_size_over_several_indices_join_without_a_gap_or_a_repeat(bool descending)
    {
        var random = new Random(7);
        var indices = new[] { await IndexAsync("b"), await IndexAsync("a"), await IndexAsync("c") };
        foreach (var index in indices)
            for (var group = 0; group < 5; group++)
                await PutAsync(index, [.. Enumerable.Range(0, 20).Select(_ => (long)random.Next(-30, 30))]);
        var whole = await ReadAllAsync(new DocumentScan(indices, Query.All) { Descending = descending });
        whole.Count.ShouldBe(300);
        var inOrder = whole.Select(read => read.Position).Order().ToList();
        if (descending) inOrder.Reverse();
        whole.Select(read => read.Position).ShouldBe(inOrder);
        foreach (var (bytes, documents) in new[] { (1, int.MaxValue), (100, int.MaxValue), (1 << 20, 7) })
        {
            var pieces = await ReadAllAsync(new DocumentScan(indices, Query.All) { Descending = descending, MaxBytes = bytes, MaxDocuments = documents });
            pieces.ShouldBe(whole, $"pages of {bytes} bytes and {documents} documents");
        }
    }

    [Fact]
    public async Task A_query_is_pushed_down_and_summaries_agree_with_what_is_read()
    {
        var index = await IndexAsync("logs");
        await PutAsync(index, [.. Enumerable.Range(0, 100).Select(i => i * 10L)]);
        var query = Parse("""{"range":{"n":{"gte":10,"lt":20}}}""");
        (await ReadAllAsync(new DocumentScan([index], query))).Select(read => read.Position.TimeMs).ShouldBe(Enumerable.Range(10, 10).Select(i => i * 10L));
        (await Documents.SummarizeAsync(new DocumentScan([index], query))).ShouldBe(new DocumentSummary(10, 100, 190));
        (await Documents.SummarizeAsync(new DocumentScan([index], query, 150, 170))).ShouldBe(new DocumentSummary(2, 150, 160));
        (await Documents.SummarizeAsync(new DocumentScan([index], Query.All))).ShouldBe(new DocumentSummary(100, 0, 990));
        (await Documents.SummarizeAsync(new DocumentScan([index], Query.All, 15, 35))).ShouldBe(new DocumentSummary(2, 20, 30));
        (await Documents.SummarizeAsync(new DocumentScan([index], Query.None))).ShouldBe(new DocumentSummary(0, null, null));
        (await Documents.CountByAsync(new DocumentScan([index], query), 50)).ShouldBe([new SpanCount(100, 5), new SpanCount(150, 5)]);
    }

    [Fact]
    public async Task Spans_before_1970_begin_where_they_should()
    {
        var index = await IndexAsync("old");
        await PutAsync(index, -1, -50, -51, 0, 49);
        (await Documents.CountByAsync(new DocumentScan([index], Query.All), 50)).ShouldBe([new SpanCount(-100, 1), new SpanCount(-50, 2), new SpanCount(0, 2)]);
    }

    [Fact]
    public async Task A_document_of_the_same_id_replaces_the_one_before_also_at_another_time()
    {
        var index = await IndexAsync("logs");
        (await WriteAsync(index, Put("a", 100, 1))).ShouldBe(new WriteOutcome(WriteResult.Created, "a", 1, 0));
        (await WriteAsync(index, Put("a", 50, 2))).ShouldBe(new WriteOutcome(WriteResult.Updated, "a", 2, 1));
        (await WriteAsync(index, Put("a", 50, 3) with { Kind = WriteKind.Create })).ShouldBe(new WriteOutcome(WriteResult.Conflict, "a", 2, 1));
        var read = (await ReadAllAsync(new DocumentScan([index], Query.All) { WithIds = true })).ShouldHaveSingleItem();
        (read.Position.TimeMs, read.Source, read.Id).ShouldBe((50, """{"n":2}""", "a"));
        var found = await Documents.FindAsync(index.Number, "a");
        (found!.TimeMs, found.Version, found.Seq).ShouldBe((50, 2, 1));
        (await WriteAsync(index, DocumentWrite.Delete("a"))).Result.ShouldBe(WriteResult.Deleted);
        (await WriteAsync(index, DocumentWrite.Delete("a"))).Result.ShouldBe(WriteResult.NotFound);
        (await Documents.FindAsync(index.Number, "a")).ShouldBeNull();
        var now = (await Documents.FindIndexAsync("logs"))!;
        (now.Documents, now.Bytes).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_made_id_finds_replaces_and_deletes_its_document()
    {
        var index = await IndexAsync("logs");
        var made = (await WriteAsync(index, Put(null, -5, 1))).Id;
        (await Documents.FindAsync(index.Number, made))!.TimeMs.ShouldBe(-5);
        (await WriteAsync(index, Put(made, 7, 2) with { Kind = WriteKind.Create })).Result.ShouldBe(WriteResult.Conflict);
        (await WriteAsync(index, Put(made, 7, 2))).ShouldBe(new WriteOutcome(WriteResult.Updated, made, 2, 1));
        (await Documents.FindAsync(index.Number, made))!.TimeMs.ShouldBe(7);
        (await Documents.SummarizeAsync(new DocumentScan([index], Query.All))).Count.ShouldBe(1);
        (await Documents.SummarizeAsync(new DocumentScan([index], new IdsQuery([made])))).Count.ShouldBe(1);
        (await WriteAsync(index, DocumentWrite.Delete(made))).Result.ShouldBe(WriteResult.Deleted);
        (await Documents.FindAsync(index.Number, made)).ShouldBeNull();
    }

    [Fact]
    public async Task A_made_id_of_one_index_means_nothing_in_another()
    {
        var (one, other) = (await IndexAsync("one"), await IndexAsync("other"));
        var made = (await WriteAsync(one, Put(null, 5, 1))).Id;
        await WriteAsync(other, Put(null, 5, 1));
        (await Documents.FindAsync(other.Number, made)).ShouldBeNull();
        (await WriteAsync(other, Put(made, 5, 2))).Result.ShouldBe(WriteResult.Created);
    }

    [Fact]
    public async Task Late_documents_are_found_by_their_numbers()
    {
        var index = await IndexAsync("logs");
        await PutAsync(index, 10, 20, 30);
        var before = (await Documents.FindIndexAsync("logs"))!.NextSeq;
        await PutAsync(index, 15, 40);
        var late = new DocumentScan([index], new RangeQuery("_seq_no", new RangeBound(QueryValue.Of(before.ToString()), Inclusive: true), null, default), long.MinValue, 30);
        (await ReadAllAsync(late)).Select(read => read.Position.TimeMs).ShouldBe([15]);
    }

    [Fact]
    public async Task A_deleted_index_is_gone_at_once_and_its_rows_piece_by_piece()
    {
        var index = await IndexAsync("logs");
        await PutAsync(index, [.. Enumerable.Range(0, 25).Select(i => (long)i)]);
        await WriteAsync(index, Put("a", 1, 1));
        (await Documents.DeleteIndexAsync(index.Number)).ShouldBeTrue();
        (await Documents.DeleteIndexAsync(index.Number)).ShouldBeFalse();
        (await Documents.FindIndexAsync("logs")).ShouldBeNull();
        (await Documents.WriteAsync(index.Number, [Put(null, 1, 1)])).ShouldBeNull();
        var fresh = await IndexAsync("logs");
        fresh.Number.ShouldNotBe(index.Number);
        (await Documents.SummarizeAsync(new DocumentScan([fresh], Query.All))).Count.ShouldBe(0);
        await PutAsync(fresh, 1);
        var removed = new List<int>();
        do removed.Add(await Documents.RemoveExpiredAsync(DateTimeOffset.UnixEpoch, null, 10));
        while (removed[^1] == 10);
        removed.Sum().ShouldBe(26);
        (await ReadAllAsync(new DocumentScan([index, fresh], Query.All))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Retention_removes_what_is_older_and_nothing_else()
    {
        var (kept, limited, byDefault) = (await IndexAsync("kept", TimeSpan.FromDays(1000)), await IndexAsync("limited", TimeSpan.FromMilliseconds(50)), await IndexAsync("other"));
        foreach (var index in new[] { kept, limited, byDefault }) await PutAsync(index, [.. Enumerable.Range(0, 10).Select(i => i * 10L)]);
        await WriteAsync(limited, Put("old", 1, 1));
        await WriteAsync(limited, Put("new", 95, 1));
        var now = DateTimeOffset.FromUnixTimeMilliseconds(100);
        (await Documents.RemoveExpiredAsync(now, null, 4)).ShouldBe(4);
        (await Documents.RemoveExpiredAsync(now, null, 4)).ShouldBe(2);
        (await Documents.SummarizeAsync(new DocumentScan([limited], Query.All))).ShouldBe(new DocumentSummary(6, 50, 95));
        (await Documents.FindIndexAsync("limited"))!.Documents.ShouldBe(6);
        (await Documents.FindAsync(limited.Number, "old")).ShouldBeNull();
        (await Documents.FindAsync(limited.Number, "new")).ShouldNotBeNull();
        (await Documents.RemoveExpiredAsync(now, TimeSpan.FromMilliseconds(30), 100)).ShouldBe(7);
        (await Documents.SummarizeAsync(new DocumentScan([byDefault], Query.All))).ShouldBe(new DocumentSummary(3, 70, 90));
        (await Documents.SummarizeAsync(new DocumentScan([kept], Query.All))).Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_scan_that_is_given_up_ends()
    {
        var index = await IndexAsync("logs");
        await PutAsync(index, [.. Enumerable.Range(0, 3000).Select(i => (long)i)]);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Documents.SummarizeAsync(new DocumentScan([index], Parse("""{"exists":{"field":"n"}}""")), gone.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => Documents.ReadAsync(new DocumentScan([index], Query.All), null, gone.Token));
    }

    [Fact]
    public async Task Large_and_odd_documents_come_back_byte_for_byte()
    {
        var index = await IndexAsync("logs");
        var sources = new[] { "{}", """{"n":"\u0000\ud83d\ude00 é"}""", $$"""{"n":"{{new string('x', 3 << 20)}}"}""", """{"n":null}""" };
        for (var i = 0; i < sources.Length; i++) await Documents.WriteAsync(index.Number, [new DocumentWrite(WriteKind.Index, null, i, Encoding.UTF8.GetBytes(sources[i]))]);
        await ReopenAsync();
        (await ReadAllAsync(new DocumentScan([index], Query.All))).Select(read => read.Source).ShouldBe(sources);
    }

    private static IndexDefinition Definition(string name) => new(name, "uuid-of-" + name + "-1234567890", "t", "{}", "{}", null, 1);

    private async Task<IndexInfo> IndexAsync(string name, TimeSpan? retention = null) => (await Documents.CreateIndexAsync(Definition(name) with { Retention = retention })).Index;

    private static DocumentWrite Put(string? id, long timeMs, int n) => new(WriteKind.Index, id, timeMs, Encoding.UTF8.GetBytes($$"""{"n":{{n}}}"""));

    private async Task<WriteOutcome> WriteAsync(IndexInfo index, DocumentWrite write) => (await Documents.WriteAsync(index.Number, [write]))!.Single();

    private async Task PutAsync(IndexInfo index, params long[] times) => (await Documents.WriteAsync(index.Number, [.. times.Select((time, n) => Put(null, time, n))])).ShouldNotBeNull();

    private static Query Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return QueryReader.Read(document.RootElement, DateTimeOffset.UnixEpoch);
    }

    private sealed record Read(DocumentPosition Position, string? Id, string Source);

    private async Task<List<Read>> ReadAllAsync(DocumentScan scan)
    {
        var all = new List<Read>();
        DocumentPosition? next = null;
        do
        {
            using var page = await Documents.ReadAsync(scan, next);
            for (var i = 0; i < page.Count; i++) all.Add(new Read(page.PositionOf(i), page.GivenIdOf(i), Encoding.UTF8.GetString(page.SourceOf(i))));
            next = page.Next;
        }
        while (next is not null);
        return all;
    }
}
