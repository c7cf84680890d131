using MlActors.Jobs.Contexts;

namespace MlActors.Storage.Sql.Writes;

internal sealed class CalendarAdd(CalendarConfig calendar) : ContextWrite
{
    protected override ContextChange Check(WriteSession session) =>
        CalendarRows.Exists(session, calendar.CalendarId) ? ContextChange.Exists : ContextChange.Done;

    protected override void Change(WriteSession session)
    {
        session.Prepare("INSERT INTO calendar (calendar_id, description) VALUES (?1, ?2)")
            .Bind(1, calendar.CalendarId).Bind(2, calendar.Description).Do();
        foreach (var name in calendar.JobIds) CalendarRows.AddName(session, calendar.CalendarId, name);
    }
}

internal sealed class CalendarDelete(string calendarId) : ContextWrite
{
    protected override ContextChange Check(WriteSession session) => CalendarRows.Exists(session, calendarId) ? ContextChange.Done : ContextChange.NotFound;

    protected override void Change(WriteSession session)
    {
        session.Prepare("DELETE FROM calendar_event WHERE calendar_id = ?1").Bind(1, calendarId).Do();
        session.Prepare("DELETE FROM calendar_job WHERE calendar_id = ?1").Bind(1, calendarId).Do();
        session.Prepare("DELETE FROM calendar WHERE calendar_id = ?1").Bind(1, calendarId).Do();
    }
}

internal sealed class CalendarNamesAdd(string calendarId, IReadOnlyCollection<string> names) : ContextWrite
{
    protected override ContextChange Check(WriteSession session) => CalendarRows.Exists(session, calendarId) ? ContextChange.Done : ContextChange.NotFound;

    protected override void Change(WriteSession session)
    {
        foreach (var name in names) CalendarRows.AddName(session, calendarId, name);
    }
}

internal sealed class CalendarNamesRemove(string calendarId, IReadOnlyCollection<string> names) : ContextWrite
{
    protected override ContextChange Check(WriteSession session) => !CalendarRows.Exists(session, calendarId)
        ? ContextChange.NotFound
        : names.All(name => Names(session, name)) ? ContextChange.Done : ContextChange.Missing;

    protected override void Change(WriteSession session)
    {
        foreach (var name in names)
            session.Prepare("DELETE FROM calendar_job WHERE calendar_id = ?1 AND name = ?2").Bind(1, calendarId).Bind(2, name).Do();
    }

    private bool Names(WriteSession session, string name) =>
        session.Prepare("SELECT count(*) FROM calendar_job WHERE calendar_id = ?1 AND name = ?2").Bind(1, calendarId).Bind(2, name).Number() > 0;
}

internal sealed class CalendarEventsAdd(string calendarId, IReadOnlyList<CalendarEvent> events) : ContextWrite
{
    protected override ContextChange Check(WriteSession session)
    {
        if (!CalendarRows.Exists(session, calendarId)) return ContextChange.NotFound;
        var there = session.Prepare("SELECT count(*) FROM calendar_event WHERE calendar_id = ?1").Bind(1, calendarId).Number() ?? 0;
        return there + events.Count > CalendarConfig.MostEvents ? ContextChange.Full : ContextChange.Done;
    }

    protected override void Change(WriteSession session)
    {
        foreach (var one in events)
        {
            session.Prepare(
                """
                INSERT INTO calendar_event (calendar_id, event_id, description, start_ms, end_ms, skip_result, skip_model_update)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """)
                .Bind(1, calendarId).Bind(2, one.EventId).Bind(3, one.Description).Bind(4, one.StartMs).Bind(5, one.EndMs)
                .Bind(6, one.SkipResult).Bind(7, one.SkipModelUpdate).Do();
        }
    }
}

internal sealed class CalendarEventDelete(string calendarId, string eventId) : ContextWrite
{
    protected override ContextChange Check(WriteSession session) => !CalendarRows.Exists(session, calendarId)
        ? ContextChange.NotFound
        : session.Prepare("SELECT count(*) FROM calendar_event WHERE calendar_id = ?1 AND event_id = ?2").Bind(1, calendarId).Bind(2, eventId).Number() > 0
            ? ContextChange.Done
            : ContextChange.Missing;

    protected override void Change(WriteSession session) =>
        session.Prepare("DELETE FROM calendar_event WHERE calendar_id = ?1 AND event_id = ?2").Bind(1, calendarId).Bind(2, eventId).Do();
}

internal static class CalendarRows
{
    public static bool Exists(WriteSession session, string calendarId) =>
        session.Prepare("SELECT count(*) FROM calendar WHERE calendar_id = ?1").Bind(1, calendarId).Number() > 0;

    public static void AddName(WriteSession session, string calendarId, string name) =>
        session.Prepare("INSERT INTO calendar_job (calendar_id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING").Bind(1, calendarId).Bind(2, name).Do();
}
