using MlActors.Jobs.Configuration;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

public abstract class ContextCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    private IContextStore Contexts => Storage.Contexts;

    [Fact]
    public async Task A_filter_is_added_once_changed_and_deleted()
    {
        (await Contexts.AddFilterAsync(new FilterConfig("f", "safe", ["b", "a"]))).ShouldBe(ContextChange.Done);
        (await Contexts.AddFilterAsync(new FilterConfig("f", null, []))).ShouldBe(ContextChange.Exists);
        (await Contexts.UpdateFilterAsync(new FilterUpdate("f", null, ["c", "a"], ["b"]))).ShouldBe(ContextChange.Done);
        var filter = (await Contexts.ReadFiltersAsync(["none", "f"])).Single();
        (filter.FilterId, filter.Description).ShouldBe(("f", "safe"));
        filter.Items.ShouldBe(["a", "c"]);
        (await Contexts.UpdateFilterAsync(new FilterUpdate("f", "new", [], []))).ShouldBe(ContextChange.Done);
        (await Contexts.ReadFiltersAsync(["f"])).Single().Description.ShouldBe("new");
        (await Contexts.ListFilterIdsAsync()).ShouldBe(["f"]);
        (await Contexts.DeleteFilterAsync("f")).ShouldBe(ContextChange.Done);
        (await Contexts.DeleteFilterAsync("f")).ShouldBe(ContextChange.NotFound);
        (await Contexts.UpdateFilterAsync(new FilterUpdate("f", null, ["a"], []))).ShouldBe(ContextChange.NotFound);
        (await Contexts.AddFilterAsync(new FilterConfig("f", null, []))).ShouldBe(ContextChange.Done);
        (await Contexts.ReadFiltersAsync(["f"])).Single().Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_of_a_filter_that_cannot_be_changes_nothing()
    {
        await Contexts.AddFilterAsync(new FilterConfig("f", "old", [.. Enumerable.Range(0, FilterConfig.MostItems - 1).Select(i => $"i{i}")]));
        var version = await Contexts.ReadVersionAsync();
        (await Contexts.UpdateFilterAsync(new FilterUpdate("f", "new", ["x"], ["unknown"]))).ShouldBe(ContextChange.Missing);
        (await Contexts.UpdateFilterAsync(new FilterUpdate("f", "new", ["x", "y"], []))).ShouldBe(ContextChange.Full);
        (await Contexts.AddFilterAsync(new FilterConfig("g", null, [.. Enumerable.Range(0, FilterConfig.MostItems + 1).Select(i => $"i{i}")]))).ShouldBe(ContextChange.Full);
        (await Contexts.ReadVersionAsync()).ShouldBe(version);
        (await Contexts.ReadFiltersAsync(["f"])).Single().Description.ShouldBe("old");
        (await Contexts.UpdateFilterAsync(new FilterUpdate("f", null, ["x", "y", "i0"], ["i1", "y"]))).ShouldBe(ContextChange.Done);
        (await Contexts.ReadFiltersAsync(["f"])).Single().Items.Length.ShouldBe(FilterConfig.MostItems - 1);
    }

    [Fact]
    public async Task A_filter_that_a_job_uses_stays_until_the_job_or_its_rule_is_gone()
    {
        await Contexts.AddFilterAsync(new FilterConfig("f", null, ["a"]));
        await WriteAsync(new PutConfig(WithFilter("job-2", "f")), new PutConfig(WithFilter("job-1", "f")), new PutConfig(WithFilter("job-3", null)));
        (await Contexts.JobsUsingFilterAsync("f")).ShouldBe(["job-1", "job-2"]);
        (await Contexts.MissingFiltersAsync(["job-1", "job-2", "job-3"])).ShouldBeEmpty();
        (await Contexts.DeleteFilterAsync("f")).ShouldBe(ContextChange.InUse);
        await WriteAsync(new PutConfig(WithFilter("job-1", null)), new DeleteJobRows("job-2"));
        (await Contexts.DeleteFilterAsync("f")).ShouldBe(ContextChange.Done);
    }

    [Fact]
    public async Task Filters_that_rules_name_and_that_do_not_exist_are_known_by_job()
    {
        await Contexts.AddFilterAsync(new FilterConfig("there", null, []));
        await WriteAsync(new PutConfig(WithFilter("job-2", "b")), new PutConfig(WithFilter("job-1", "a")), new PutConfig(WithFilter("job-3", "there")));
        (await Contexts.MissingFiltersAsync(["job-2", "job-1", "job-3", "job-4"])).ShouldBe([("job-1", "a"), ("job-2", "b")]);
        (await Contexts.MissingFiltersAsync(["job-2"])).ShouldBe([("job-2", "b")]);
        await Contexts.AddFilterAsync(new FilterConfig("b", null, []));
        (await Contexts.MissingFiltersAsync(["job-2"])).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_calendar_names_jobs_and_loses_those_that_are_deleted()
    {
        (await Contexts.AddCalendarAsync(new CalendarConfig("c", "sales", ["job-2", "group"]))).ShouldBe(ContextChange.Done);
        (await Contexts.AddCalendarAsync(new CalendarConfig("c", null, []))).ShouldBe(ContextChange.Exists);
        (await Contexts.AddToCalendarAsync("c", ["job-1", "group"])).ShouldBe(ContextChange.Done);
        (await Contexts.RemoveFromCalendarAsync("c", ["group", "nobody"])).ShouldBe(ContextChange.Missing);
        (await Contexts.FindCalendarAsync("c"))!.JobIds.ShouldBe(["group", "job-1", "job-2"]);
        (await Contexts.RemoveFromCalendarAsync("c", ["job-1"])).ShouldBe(ContextChange.Done);
        await WriteAsync(new DeleteJobRows("job-2"));
        var calendar = (await Contexts.ListCalendarsAsync()).Single();
        (calendar.CalendarId, calendar.Description, string.Join(' ', calendar.JobIds)).ShouldBe(("c", "sales", "group"));
        (await Contexts.AddToCalendarAsync("d", ["job-1"])).ShouldBe(ContextChange.NotFound);
        (await Contexts.RemoveFromCalendarAsync("d", ["job-1"])).ShouldBe(ContextChange.NotFound);
        (await Contexts.FindCalendarAsync("d")).ShouldBeNull();
    }

    [Fact]
    public async Task Events_are_found_by_calendar_job_and_time_in_pages()
    {
        await Contexts.AddCalendarAsync(new CalendarConfig("a", null, ["job-1"]));
        await Contexts.AddCalendarAsync(new CalendarConfig("b", null, ["group", "job-1"]));
        CalendarEvent[] ofA = [new("a", "e2", "two", 200, 300, SkipResult: false), new("a", "e1", "one", 100, 150)];
        (await Contexts.AddEventsAsync("a", ofA)).ShouldBe(ContextChange.Done);
        (await Contexts.AddEventsAsync("b", [new("b", "e3", "three", 120, 400, SkipModelUpdate: false)])).ShouldBe(ContextChange.Done);
        (await Contexts.AddEventsAsync("c", [new("c", "e4", "four", 1, 2)])).ShouldBe(ContextChange.NotFound);
        (await Contexts.AddEventsAsync("a", [.. Enumerable.Range(0, CalendarConfig.MostEvents - 1).Select(i => new CalendarEvent("a", $"x{i}", "", 1, 2))])).ShouldBe(ContextChange.Full);

        await Found(new EventQuery(null, null, null, null, 0, 10), 3, "one", "three", "two");
        await Found(new EventQuery(null, null, null, null, 1, 1), 3, "three");
        await Found(new EventQuery(["a"], null, null, null, 0, 10), 2, "one", "two");
        await Found(new EventQuery(null, ["group", "nobody"], null, null, 0, 10), 1, "three");
        await Found(new EventQuery(null, null, 150, 200, 0, 10), 1, "three");
        await Found(new EventQuery(null, null, 149, 201, 0, 10), 3, "one", "three", "two");
        (await Contexts.QueryEventsAsync(new EventQuery(["a"], null, null, null, 0, 10))).Events.ShouldBe(ofA.Reverse());

        (await Contexts.DeleteEventAsync("a", "e3")).ShouldBe(ContextChange.Missing);
        (await Contexts.DeleteEventAsync("z", "e3")).ShouldBe(ContextChange.NotFound);
        (await Contexts.DeleteEventAsync("a", "e1")).ShouldBe(ContextChange.Done);
        (await Contexts.DeleteCalendarAsync("b")).ShouldBe(ContextChange.Done);
        (await Contexts.DeleteCalendarAsync("b")).ShouldBe(ContextChange.NotFound);
        await Found(new EventQuery(null, null, null, null, 0, 10), 1, "two");

        async Task Found(EventQuery query, long count, params string[] descriptions)
        {
            var page = await Contexts.QueryEventsAsync(query);
            page.Count.ShouldBe(count);
            page.Events.Select(one => one.Description).ShouldBe(descriptions);
        }
    }

    [Fact]
    public async Task The_context_of_a_job_has_its_filters_and_the_events_of_its_groups_and_of_everybody()
    {
        await Contexts.AddFilterAsync(new FilterConfig("f", null, ["a"]));
        foreach (var (calendar, name) in new[] { ("own", "job-1"), ("group", "team"), ("all", "_all"), ("other", "job-2") })
        {
            await Contexts.AddCalendarAsync(new CalendarConfig(calendar, null, [name]));
            await Contexts.AddEventsAsync(calendar, [new CalendarEvent(calendar, "e", calendar, 1, 2)]);
        }
        var context = await Contexts.ReadContextAsync("job-1", ["team"], ["f", "gone"]);
        context.Events.Select(one => one.Description).ShouldBe(["own", "group", "all"], ignoreOrder: true);
        context.Filters.Single().Items.ShouldBe(["a"]);
        context.Version.ShouldBe(await Contexts.ReadVersionAsync());
        await Contexts.AddToCalendarAsync("other", ["team"]);
        var later = await Contexts.ReadContextAsync("job-1", ["team"], ["f"]);
        later.Version.ShouldBeGreaterThan(context.Version);
        later.Events.Count.ShouldBe(4);
        await ReopenAsync();
        (await Contexts.ReadVersionAsync()).ShouldBe(later.Version);
    }

    private static JobConfig WithFilter(string jobId, string? filter)
    {
        var config = Make.Config(jobId);
        var rules = filter is null ? Array.Empty<RuleConfig>() : [new RuleConfig { Scope = [new ScopeConfig("host", filter, "include")] }];
        return config with { AnalysisConfig = config.AnalysisConfig with { Detectors = [config.AnalysisConfig.Detectors[0] with { CustomRules = [.. rules] }] } };
    }
}
