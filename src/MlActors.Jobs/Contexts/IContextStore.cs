namespace MlActors.Jobs.Contexts;

/// <summary>What the context of a job is made of besides its configuration, read at one moment.</summary>
/// <param name="Version">See <see cref="IContextStore.ReadVersionAsync"/>.</param>
/// <param name="Filters">Those asked for that exist.</param>
/// <param name="Events">Of all calendars that name the job, one of its groups, or everybody.</param>
public sealed record StoredContext(long Version, IReadOnlyList<FilterConfig> Filters, IReadOnlyList<CalendarEvent> Events);

/// <summary>How a change went.</summary>
public enum ContextChange
{
    Done,

    /// <summary>There is no such filter, calendar or event.</summary>
    NotFound,

    /// <summary>One of this id exists.</summary>
    Exists,

    /// <summary>It would have more items or events than it may.</summary>
    Full,

    /// <summary>What was to be removed is not in it.</summary>
    Missing,

    /// <summary>Jobs use it.</summary>
    InUse,
}

/// <summary>
/// Filters, calendars and their events. Every change happens as a whole or not at all, in one order, and raises the version; a read that begins after
/// a change completed sees it. No actor is woken by any of this: whoever changes something tells the jobs concerned.
/// </summary>
public interface IContextStore
{
    /// <summary>Rises with every change of any filter, calendar or event.</summary>
    Task<long> ReadVersionAsync();

    Task<StoredContext> ReadContextAsync(string jobId, IReadOnlyCollection<string> groups, IReadOnlyCollection<string> filterIds);

    Task<ContextChange> AddFilterAsync(FilterConfig filter);

    Task<ContextChange> UpdateFilterAsync(FilterUpdate update);

    /// <summary>Refused as <see cref="ContextChange.InUse"/> when the rules of any job name it.</summary>
    Task<ContextChange> DeleteFilterAsync(string filterId);

    /// <summary>Sorted.</summary>
    Task<IReadOnlyList<string>> ListFilterIdsAsync();

    /// <summary>In the order of the ids; those that do not exist are left out.</summary>
    Task<IReadOnlyList<FilterConfig>> ReadFiltersAsync(IReadOnlyCollection<string> filterIds);

    /// <summary>The jobs whose rules name a filter, sorted.</summary>
    Task<IReadOnlyList<string>> JobsUsingFilterAsync(string filterId);

    /// <summary>What the rules of these jobs name but does not exist, sorted by job.</summary>
    Task<IReadOnlyList<(string JobId, string FilterId)>> MissingFiltersAsync(IReadOnlyCollection<string> jobIds);

    Task<ContextChange> AddCalendarAsync(CalendarConfig calendar);

    /// <summary>Removes it with its events.</summary>
    Task<ContextChange> DeleteCalendarAsync(string calendarId);

    /// <summary>Sorted by id.</summary>
    Task<IReadOnlyList<CalendarConfig>> ListCalendarsAsync();

    Task<CalendarConfig?> FindCalendarAsync(string calendarId);

    /// <param name="names">Those that it names already stay.</param>
    Task<ContextChange> AddToCalendarAsync(string calendarId, IReadOnlyCollection<string> names);

    /// <param name="names">All must be named by it, else <see cref="ContextChange.Missing"/>.</param>
    Task<ContextChange> RemoveFromCalendarAsync(string calendarId, IReadOnlyCollection<string> names);

    /// <param name="events">All of this calendar.</param>
    Task<ContextChange> AddEventsAsync(string calendarId, IReadOnlyList<CalendarEvent> events);

    /// <summary><see cref="ContextChange.NotFound"/> without the calendar, <see cref="ContextChange.Missing"/> without the event.</summary>
    Task<ContextChange> DeleteEventAsync(string calendarId, string eventId);

    /// <summary>Sorted by start, then id.</summary>
    Task<EventPage> QueryEventsAsync(EventQuery query);
}
