using System.Data.Common;
using System.Text;
using MlActors.Jobs.Contexts;
using MlActors.Storage.Documents;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

internal sealed class SqlContexts(WriteLanes writers, ReadPool readers) : IContextStore
{
    private const string EventColumns = "calendar_id, event_id, description, start_ms, end_ms, skip_result, skip_model_update";

    // Which events a query means: lists of names come as JSON, null where they do not matter.
    private const string Queried = """
        FROM calendar_event WHERE (CAST(@0 AS TEXT) IS NULL OR calendar_id IN (SELECT value FROM json_each(@0)))
            AND (CAST(@1 AS TEXT) IS NULL OR calendar_id IN (SELECT calendar_id FROM calendar_job WHERE name IN (SELECT value FROM json_each(@1))))
            AND end_ms > @2 AND start_ms < @3
        """;

    private const string Version = "SELECT version FROM context_version";

    public Task<long> ReadVersionAsync() => readers.RunAsync(session => session.Number(Version));

    public Task<StoredContext> ReadContextAsync(string jobId, IReadOnlyCollection<string> groups, IReadOnlyCollection<string> filterIds) =>
        readers.RunAsync(session => session.InSnapshot(() => new StoredContext(
            session.Number(Version),
            ReadFilters(session, filterIds),
            session.List(
                $"""
                SELECT {EventColumns} FROM calendar_event
                WHERE calendar_id IN (SELECT calendar_id FROM calendar_job WHERE name IN (SELECT value FROM json_each(@0))) ORDER BY start_ms, event_id
                """,
                Event, Names([jobId, CalendarConfig.Everybody, .. groups])))));

    public Task<ContextChange> AddFilterAsync(FilterConfig filter) => ChangeAsync(new FilterAdd(filter));

    public Task<ContextChange> UpdateFilterAsync(FilterUpdate update) => ChangeAsync(new FilterChange(update));

    public Task<ContextChange> DeleteFilterAsync(string filterId) => ChangeAsync(new FilterDelete(filterId));

    public Task<IReadOnlyList<string>> ListFilterIdsAsync() =>
        readers.RunAsync<IReadOnlyList<string>>(session => session.List("SELECT filter_id FROM filter ORDER BY filter_id", row => row.GetString(0)));

    public Task<IReadOnlyList<FilterConfig>> ReadFiltersAsync(IReadOnlyCollection<string> filterIds) =>
        readers.RunAsync<IReadOnlyList<FilterConfig>>(session => session.InSnapshot(() => ReadFilters(session, filterIds)));

    public Task<IReadOnlyList<string>> JobsUsingFilterAsync(string filterId) => readers.RunAsync<IReadOnlyList<string>>(session =>
        session.List("SELECT job_id FROM filter_use WHERE filter_id = @0 ORDER BY job_id", row => row.GetString(0), filterId));

    public Task<IReadOnlyList<(string JobId, string FilterId)>> MissingFiltersAsync(IReadOnlyCollection<string> jobIds) =>
        readers.RunAsync<IReadOnlyList<(string, string)>>(session => session.List(
            """
            SELECT job_id, filter_id FROM filter_use
            WHERE job_id IN (SELECT value FROM json_each(@0)) AND filter_id NOT IN (SELECT filter_id FROM filter) ORDER BY job_id, filter_id
            """,
            row => (row.GetString(0), row.GetString(1)), Names(jobIds)));

    public Task<ContextChange> AddCalendarAsync(CalendarConfig calendar) => ChangeAsync(new CalendarAdd(calendar));

    public Task<ContextChange> DeleteCalendarAsync(string calendarId) => ChangeAsync(new CalendarDelete(calendarId));

    public Task<IReadOnlyList<CalendarConfig>> ListCalendarsAsync() => readers.RunAsync<IReadOnlyList<CalendarConfig>>(session => session.InSnapshot(() =>
        session.List("SELECT calendar_id, description FROM calendar ORDER BY calendar_id", Calendar).ConvertAll(calendar => WithNames(session, calendar))));

    public Task<CalendarConfig?> FindCalendarAsync(string calendarId) => readers.RunAsync(session => session.InSnapshot(() =>
        session.First("SELECT calendar_id, description FROM calendar WHERE calendar_id = @0", Calendar, calendarId) is { } calendar ? WithNames(session, calendar) : null));

    public Task<ContextChange> AddToCalendarAsync(string calendarId, IReadOnlyCollection<string> names) => ChangeAsync(new CalendarNamesAdd(calendarId, names));

    public Task<ContextChange> RemoveFromCalendarAsync(string calendarId, IReadOnlyCollection<string> names) =>
        ChangeAsync(new CalendarNamesRemove(calendarId, names));

    public Task<ContextChange> AddEventsAsync(string calendarId, IReadOnlyList<CalendarEvent> events) => ChangeAsync(new CalendarEventsAdd(calendarId, events));

    public Task<ContextChange> DeleteEventAsync(string calendarId, string eventId) => ChangeAsync(new CalendarEventDelete(calendarId, eventId));

    public Task<EventPage> QueryEventsAsync(EventQuery query) => readers.RunAsync(session => session.InSnapshot(() =>
    {
        var (calendars, names) = (Names(query.CalendarIds), Names(query.Names));
        var (after, before) = (query.StartMs ?? long.MinValue, query.EndMs ?? long.MaxValue);
        return new EventPage(
            session.Number("SELECT count(*) " + Queried, calendars, names, after, before),
            session.List($"SELECT {EventColumns} {Queried} ORDER BY start_ms, event_id LIMIT @4 OFFSET @5", Event,
                calendars, names, after, before, query.Size, query.From));
    }));

    private async Task<ContextChange> ChangeAsync(ContextWrite change)
    {
        await writers.WriteAsync([change]);
        return change.Outcome;
    }

    private static List<FilterConfig> ReadFilters(ReadSession session, IReadOnlyCollection<string> ids)
    {
        var filters = new List<FilterConfig>(ids.Count);
        foreach (var id in ids)
        {
            var found = session.First("SELECT description FROM filter WHERE filter_id = @0", row => new FilterConfig(id, Text(row, 0), []), id);
            if (found is null) continue;
            var items = session.List("SELECT item FROM filter_item WHERE filter_id = @0 ORDER BY item", row => row.GetString(0), id);
            filters.Add(found with { Items = [.. items] });
        }
        return filters;
    }

    private static CalendarConfig Calendar(DbDataReader row) => new(row.GetString(0), Text(row, 1), []);

    private static CalendarConfig WithNames(ReadSession session, CalendarConfig calendar) => calendar with
    {
        JobIds = [.. session.List("SELECT name FROM calendar_job WHERE calendar_id = @0 ORDER BY name", name => name.GetString(0), calendar.CalendarId)],
    };

    private static CalendarEvent Event(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5) != 0, row.GetInt64(6) != 0);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static string? Names(IReadOnlyCollection<string>? names) => names is null ? null : Encoding.UTF8.GetString(StoredJson.Serialize([.. names]));
}
