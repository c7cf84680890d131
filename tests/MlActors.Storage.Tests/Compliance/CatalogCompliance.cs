using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

public abstract class CatalogCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task A_row_comes_back_as_it_was_written()
    {
        var status = new JobStatus
        {
            JobId = "a", State = JobState.Failed, Reason = "no more memory", Blocked = BlockedReason.Revert, BlockedTaskId = "n:1", Deadline = 5,
            StateSince = 6, NodeId = "n", OpenTime = 7, FinishedTime = 8, ModelSnapshotId = "s", InputSeq = 9, QuarantinedInputs = 10, SizeLogTime = 11,
            Counts = new DataCounts { ProcessedRecords = 1, InvalidDates = 2, OutOfOrder = 3, LatestRecord = 4, LastDataTime = 5, MeanBucketRecords = 0.1 },
            Size = new ModelSizeStats { ModelBytes = 1, MemoryStatus = MemoryStatus.HardLimit, Timestamp = 0 },
            Timing = new TimingStats { BucketCount = 3, TotalMs = 1.5, MinimumMs = 0, MaximumMs = 1, ExponentialAverageMs = 0.25 },
        };
        await WriteAsync(new PutConfig(Make.Config("a", "g")), new PutStatus(status));
        var row = await Storage.Catalog.FindAsync("a");
        row!.Status.ShouldBe(status);
        JobConfigJson.Serialize(row.Config).ShouldBe(JobConfigJson.Serialize(Make.Config("a", "g")));
        (await Storage.Jobs.ReadStatusAsync("a")).ShouldBe(status);
        (await Storage.Catalog.FindAsync("b")).ShouldBeNull();
        (await Storage.Jobs.ReadStatusAsync("b")).ShouldBeNull();
    }

    [Fact]
    public async Task A_datafeed_is_found_by_its_id_and_with_its_job_and_goes_with_it()
    {
        var source = System.Text.Json.JsonDocument.Parse("""{"connection":"w"}""").RootElement;
        await WriteAsync(Make.Job("a"));
        await WriteAsync(Make.Job("b"));
        var feed = new DatafeedConfig { DatafeedId = "f", JobId = "a", Indices = ["x", "y"], Source = source, Chunking = new(ChunkingMode.Manual, "3h") };
        await WriteAsync(new PutDatafeedConfig(feed), new PutStatus(Make.Status("a") with { Datafeed = new DatafeedStatus { DatafeedId = "f", Position = new(7, "c") } }));
        await WriteAsync(new PutDatafeedConfig(new DatafeedConfig { DatafeedId = "e", JobId = "b" }));
        var rows = await Storage.Catalog.ListDatafeedsAsync();
        rows.Select(row => row.Config.DatafeedId).ShouldBe(["e", "f"]);
        DatafeedJson.Serialize(rows[1].Config).ShouldBe(DatafeedJson.Serialize(feed));
        rows[1].Status.Position.ShouldBe(new DatafeedPosition(7, "c"));
        rows[0].Status.ShouldBe(new DatafeedStatus { DatafeedId = "e" });
        (await Storage.Catalog.FindAsync("a"))!.Datafeed!.Indices.ShouldBe(["x", "y"]);
        (await Storage.Catalog.ListDatafeedsAsync(["f", "nobody"])).Count.ShouldBe(1);
        await WriteAsync(new PutDatafeedConfig(feed with { ScrollSize = 5 }));
        (await Storage.Catalog.ListDatafeedsAsync(["f"])).Single().Config.ScrollSize.ShouldBe(5);
        (await Should.ThrowAsync<StoreException>(() => WriteAsync(new PutDatafeedConfig(new DatafeedConfig { DatafeedId = "f", JobId = "b" })))).Failure
            .ShouldBe(StoreFailure.Conflict);
        await WriteAsync(new DeleteDatafeedConfig("b"));
        await WriteAsync(new DeleteJobRows("a"));
        (await Storage.Catalog.ListDatafeedsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_are_read_sorted_by_id_without_those_that_are_gone()
    {
        for (var i = 0; i < 600; i++) await WriteAsync(Make.Job($"job-{i:d3}"));
        var asked = Enumerable.Range(0, 600).Reverse().Select(i => $"job-{i:d3}").Append("gone").Append("job-000").ToList();
        var ids = new List<string>();
        await foreach (var row in Storage.Catalog.ReadAsync(asked)) ids.Add(row.Config.JobId);
        ids.ShouldBe(Enumerable.Range(0, 600).Select(i => $"job-{i:d3}"));
    }

    [Fact]
    public async Task Names_are_taken_by_jobs_and_by_groups()
    {
        await WriteAsync(Make.Job("a", JobState.Closed, "g", "h"));
        (await Storage.Catalog.NameTakenAsync("a")).ShouldBe((true, false));
        (await Storage.Catalog.NameTakenAsync("g")).ShouldBe((false, true));
        (await Storage.Catalog.NameTakenAsync("x")).ShouldBe((false, false));
        await WriteAsync(new PutConfig(Make.Config("a", "h")));
        (await Storage.Catalog.NameTakenAsync("g")).ShouldBe((false, false), "a configuration that is replaced leaves its groups");
        (await Storage.Catalog.NameTakenAsync("h")).ShouldBe((false, true));
    }

    [Fact]
    public async Task Jobs_that_ought_to_be_awake_are_listed_opened_first()
    {
        await WriteAsync([
            .. Make.Job("closed"), .. Make.Job("failed", JobState.Failed), .. Make.Job("closing", JobState.Closing), .. Make.Job("opened", JobState.Opened),
            .. Make.Job("opening", JobState.Opening), new PutConfig(Make.Config("blocked")),
            new PutStatus(Make.Status("blocked", JobState.Closed, BlockedReason.Reset)),
        ]);
        (await Storage.Catalog.ListActiveAsync()).ShouldBe(
        [
            new ResolvedJob("opened", JobState.Opened, BlockedReason.None), new ResolvedJob("blocked", JobState.Closed, BlockedReason.Reset),
            new ResolvedJob("closing", JobState.Closing, BlockedReason.None), new ResolvedJob("opening", JobState.Opening, BlockedReason.None),
        ]);
        await WriteAsync(new PutStatus(Make.Status("opened")), new PutStatus(Make.Status("blocked")));
        (await Storage.Catalog.ListActiveAsync()).Select(job => job.JobId).ShouldBe(["closing", "opening"]);
    }

    [Fact]
    public async Task A_deleted_job_is_gone_with_its_groups()
    {
        await WriteAsync([.. Make.Job("a", JobState.Opened, "g"), .. Make.Job("b", JobState.Closed, "g")]);
        await WriteAsync(new DeleteJobRows("a"));
        (await Storage.Catalog.FindAsync("a")).ShouldBeNull();
        (await Storage.Catalog.ListActiveAsync()).ShouldBeEmpty();
        (await Resolved("g")).ShouldBe(["b"]);
        (await Storage.Catalog.NameTakenAsync("a")).ShouldBe((false, false));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("g", "a,b")]
    [InlineData("g,c,a", "a,b,c")]
    [InlineData("g*", "a,b,c")]
    [InlineData("*", "a,b,c,d")]
    [InlineData("_all", "a,b,c,d")]
    [InlineData("d,a*", "a,d")]
    [InlineData("x*", "")]
    public async Task Expressions_stand_for_jobs(string expression, string expected)
    {
        await WriteAsync([.. Make.Job("d"), .. Make.Job("b", JobState.Closed, "g")]);
        await WriteAsync([.. Make.Job("a", JobState.Closed, "g"), .. Make.Job("c", JobState.Closed, "g2")]);
        string.Join(',', await Resolved(expression)).ShouldBe(expected);
    }

    [Fact]
    public async Task What_an_expression_did_not_find_is_told()
    {
        await WriteAsync(Make.Job("a", JobState.Opened));
        var resolution = await Storage.Catalog.ResolveAsync(Parse("a,b,g*"));
        resolution.Jobs.ShouldBe([new ResolvedJob("a", JobState.Opened, BlockedReason.None)]);
        resolution.UnmatchedLiterals.ShouldBe(["b"]);
        resolution.UnmatchedWildcards.ShouldBe(["g*"]);
        (await Storage.Catalog.ResolveAsync(Parse("a,b"))).UnmatchedLiterals.ShouldBe(["b"]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("g")]
    [InlineData("g*")]
    [InlineData("*")]
    public async Task Jobs_being_deleted_are_left_out_unless_asked_for(string expression)
    {
        await WriteAsync(new PutConfig(Make.Config("a", "g")), new PutStatus(Make.Status("a", JobState.Closed, BlockedReason.Delete)));
        (await Storage.Catalog.ResolveAsync(Parse(expression))).Jobs.ShouldBeEmpty();
        (await Storage.Catalog.ResolveAsync(Parse(expression), includeDeleting: true)).Jobs.Single().JobId.ShouldBe("a");
    }

    [Fact]
    public async Task Jobs_with_a_place_are_listed_with_the_limits_of_their_models()
    {
        await WriteAsync([.. Make.Job("closed"), .. Make.Job("failed", JobState.Failed)]);
        foreach (var (id, state, limit) in new[] { ("d", JobState.Opening, 7L << 30), ("b", JobState.Opened, 1), ("c", JobState.Closing, 0) })
            await WriteAsync(new PutConfig(Make.Config(id)), new PutStatus(Make.Status(id, state) with { ModelLimitBytes = limit }));
        await WriteAsync(new PutConfig(Make.Config("reset")), new PutStatus(Make.Status("reset", JobState.Closed, BlockedReason.Reset)));
        (await Storage.Catalog.ListPlacedAsync()).ShouldBe([("b", 1), ("c", 0), ("d", 7L << 30)]);
        await WriteAsync(new PutStatus(Make.Status("d", JobState.Opened) with { ModelLimitBytes = 5 }));
        (await Storage.Catalog.ListPlacedAsync())[2].ShouldBe(("d", 5));
    }

    private async Task<IEnumerable<string>> Resolved(string expression) =>
        (await Storage.Catalog.ResolveAsync(Parse(expression))).Jobs.Select(job => job.JobId);

    private static JobExpression Parse(string text)
    {
        JobExpression.TryParse(text, out var expression, out var problem).ShouldBeTrue(problem);
        return expression;
    }
}
