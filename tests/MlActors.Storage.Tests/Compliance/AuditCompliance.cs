using System.Text.Json;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

/// <summary>Messages of what happened to jobs.</summary>
public abstract class AuditCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task Messages_come_newest_first_with_all_that_was_said()
    {
        await WriteAsync(new AppendMessages("a", [Message("a", 1000, "first"), Message("a", 1000, "second", AuditLevel.Error, new Caller("eve", "10.0.0.9"))]));
        var page = await Storage.Audit.QueryAsync(All with { JobId = "a" });
        page.Count.ShouldBe(2);
        page.Documents.Select(document => JsonElement.Parse(document.Span).ToString()).ShouldBe(
        [
            """{"job_id":"a","job_type":"anomaly_detector","timestamp":1000,"level":"error","message":"second","node_name":"n1","user":"eve","address":"10.0.0.9"}""",
            """{"job_id":"a","job_type":"anomaly_detector","timestamp":1000,"level":"info","message":"first","node_name":"n1"}""",
        ]);
    }

    [Fact]
    public async Task They_are_found_by_job_time_and_level_a_page_at_a_time()
    {
        await WriteAsync(new AppendMessages("a", [Message("a", 1000, "1"), Message("a", 2000, "2", AuditLevel.Warning), Message("a", 3000, "3", AuditLevel.Error)]));
        await WriteAsync(new AppendMessages("b", [Message("b", 2500, "4")]));
        (await TextsAsync(All)).ShouldBe(["4", "3", "2", "1"]);
        (await TextsAsync(All with { JobId = "a", Least = AuditLevel.Warning })).ShouldBe(["3", "2"]);
        (await TextsAsync(All with { Start = 2000, End = 3000 })).ShouldBe(["4", "2"]);
        (await TextsAsync(All with { From = 1, Size = 2 })).ShouldBe(["3", "2"]);
        (await Storage.Audit.QueryAsync(All with { Size = 0 })).Count.ShouldBe(4);
        (await TextsAsync(All with { JobId = "c" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task They_outlive_their_job()
    {
        await WriteAsync(new PutConfig(Make.Config("a")), new PutStatus(new JobStatus { JobId = "a" }));
        await WriteAsync(new DeleteJobRows("a"), new AppendMessages("a", [Message("a", 1000, "deleted")]));
        (await TextsAsync(All with { JobId = "a" })).ShouldBe(["deleted"]);
    }

    [Fact]
    public async Task A_write_that_is_refused_tells_nothing()
    {
        await WriteAsync(new AppendInput("a", 1, Analysis.Input.InputKind.Records, [1]));
        await Should.ThrowAsync<StoreException>(() =>
            WriteAsync(new AppendInput("a", 1, Analysis.Input.InputKind.Records, [2]), new AppendMessages("a", [Message("a", 1000, "never happened")])));
        (await TextsAsync(All)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Old_ones_go_a_piece_at_a_time()
    {
        await WriteAsync(new AppendMessages("a", [.. Enumerable.Range(0, 10).Select(i => Message("a", 1000 * i, $"{i}"))]));
        (await Storage.Audit.RemoveAsync(5000, 3)).ShouldBeTrue();
        (await TextsAsync(All)).Count.ShouldBe(7);
        (await Storage.Audit.RemoveAsync(5000, 3)).ShouldBeFalse();
        (await TextsAsync(All)).ShouldBe(["9", "8", "7", "6", "5"]);
    }

    private static readonly AuditQuery All = new(null, null, null, AuditLevel.Info, 0, 100);

    private static AuditMessage Message(string job, long time, string text, AuditLevel level = AuditLevel.Info, Caller? by = null) => new(job, time, level, text, "n1", by);

    private async Task<List<string?>> TextsAsync(AuditQuery query) =>
        [.. (await Storage.Audit.QueryAsync(query)).Documents.Select(document => JsonElement.Parse(document.Span).GetProperty("message").GetString())];
}
