using System.Collections.Immutable;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Contexts;

/// <summary>Reads requests about calendars, strictly: all that is wrong is said at once.</summary>
public static class CalendarReader
{
    /// <param name="calendarId">The id in the address.</param>
    /// <param name="body">UTF-8 JSON; may be empty.</param>
    /// <exception cref="InvalidConfigException">It is no calendar.</exception>
    public static CalendarConfig ReadPut(string calendarId, ReadOnlySpan<byte> body)
    {
        var problems = new ProblemList();
        var request = new ObjectReader(StrictJson.ReadObject(body.IsEmpty ? "{}"u8 : body), "", "", ContextFields.PutCalendar, problems);
        ContextNames.CheckId("calendar_id", calendarId, request);
        var names = request.Texts("job_ids") ?? [];
        foreach (var (i, name) in names.Index().Where(pair => !ContextNames.IsJobOrGroup(pair.Item)))
        {
            request.Problem($"job_ids[{i}]", $"is [{ProblemList.Shown(name)}]: must be [{CalendarConfig.Everybody}], or {JobId.Rule}",
                ProblemKind.IllegalArgument);
        }
        problems.ThrowIfAny();
        return new CalendarConfig(calendarId, request.Text("description"), names.Sort(StringComparer.Ordinal));
    }

    /// <param name="now">What <c>now</c> means in a time.</param>
    /// <param name="newId">Gives the events their ids.</param>
    /// <exception cref="InvalidConfigException">They are no events.</exception>
    public static ImmutableArray<CalendarEvent> ReadEvents(string calendarId, ReadOnlySpan<byte> body, DateTimeOffset now, Func<string> newId)
    {
        var problems = new ProblemList();
        var request = new ObjectReader(StrictJson.ReadObject(body), "", "", ContextFields.PostEvents, problems);
        var events = request.Objects("events").Select(one => ReadEvent(calendarId, one, now, newId)).ToImmutableArray();
        if (events.IsEmpty && !problems.Has("events")) request.Problem("events", "is empty: at least one event is needed", ProblemKind.IllegalArgument);
        problems.ThrowIfAny();
        return events;
    }

    private static CalendarEvent ReadEvent(string calendarId, ObjectReader request, DateTimeOffset now, Func<string> newId)
    {
        ContextNames.CheckSame("calendar_id", calendarId, request);
        var (start, end) = (request.Date("start_time", now), request.Date("end_time", now));
        if (end <= start) request.Problem("end_time", "must be after [start_time]", ProblemKind.IllegalArgument);
        return new CalendarEvent(calendarId, newId(), request.Text("description") ?? "", start ?? 0, end ?? 0,
            request.Boolean("skip_result") ?? true, request.Boolean("skip_model_update") ?? true);
    }
}
