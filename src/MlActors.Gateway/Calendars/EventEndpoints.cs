using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Contexts;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Expressions;

namespace MlActors.Gateway.Calendars;

/// <summary>The events of calendars.</summary>
public static class EventEndpoints
{
    private const string Many = CalendarEndpoints.One + "/events";
    private const int IdBytes = 15;

    private static readonly Parameter<long?> Start = Parameters.Date("start", ParameterPlace.Both, "Only events that end after it.");
    private static readonly Parameter<long?> End = Parameters.Date("end", ParameterPlace.Both, "Only events that start before it.");

    private static readonly Parameter<string?> OfJob = Parameters.Text("job_id", null, ParameterPlace.Both,
        "Only events that concern this job or group; together with `_all` in the path only.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.post_calendar_events", ["POST"], [Many], Privileges.ManageMl, "cluster:admin/xpack/ml/calendars/events/post",
            "Adds events to a calendar. Open jobs that it concerns obey them from the next bucket on.", PostAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "`events`: a list of objects with `description`, `start_time`, `end_time`, and optionally `skip_result` and `skip_model_update` " +
                "(both `true`).",
        },
        new("ml.get_calendar_events", ["GET"], [Many], Privileges.MonitorMl, "cluster:monitor/xpack/ml/calendars/events/get",
            "The events of a list of calendars, of wildcards, or of all (`_all`), in the order of their starts.", GetAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Start, End, OfJob, Parameters.From, Parameters.Size, Parameters.PageObject],
        },
        new("ml.delete_calendar_event", ["DELETE"], [Many + "/{event_id}"], Privileges.ManageMl, "cluster:admin/xpack/ml/calendars/events/delete",
            "Deletes one event.", DeleteAsync),
    ];

    private static async Task<ApiResult> PostAsync(ApiCall call)
    {
        var id = CalendarEndpoints.CalendarId(call);
        var events = CalendarReader.ReadEvents(id, call.Body.Span, call.Services.Time.GetUtcNow(), NewId);
        switch (await call.Services.Contexts.AddEventsAsync(id, events))
        {
            case ContextChange.NotFound:
                throw IdExpression.NotFound(CalendarEndpoints.What, id);
            case ContextChange.Full:
                throw ApiException.IllegalArgument(
                    $"[events] would give the calendar [{id}] more than {CalendarConfig.MostEvents} events, which is the most it can have; use another calendar");
        }
        await TellAsync(call);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            WriteAll(json, events);
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var (from, size) = call.Page();
        var expression = CalendarEndpoints.CalendarId(call);
        var (start, end) = ApiCall.Range(call.Get(Start), call.Get(End));
        var names = call.Get(OfJob) is { } job ? await NamesAsync(call, job) : null;
        IReadOnlyCollection<string>? calendars = null;
        if (!IdExpression.MeansAll(expression))
        {
            if (names is not null)
                throw ApiException.IllegalArgument($"[job_id] goes with [_all] as calendar only, not with [{expression}]; leave one of the two out");
            var all = await call.Services.Contexts.ListCalendarsAsync();
            calendars = IdExpression.Pick(CalendarEndpoints.What, [.. all.Select(calendar => calendar.CalendarId)], expression);
        }
        var page = await call.Services.Contexts.QueryEventsAsync(new EventQuery(calendars, names, start, end, from, size));
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", page.Count);
            WriteAll(json, page.Events);
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var (calendar, id) = (CalendarEndpoints.CalendarId(call), call.Path("event_id")!);
        switch (await call.Services.Contexts.DeleteEventAsync(calendar, id))
        {
            case ContextChange.NotFound:
                throw IdExpression.NotFound(CalendarEndpoints.What, calendar);
            case ContextChange.Missing:
                throw ApiException.NotFound($"no event of the calendar [{calendar}] has the id [{id}]");
        }
        await TellAsync(call);
        return ApiResult.Acknowledged();
    }

    // The calendar may be gone by now; whoever deleted it told its jobs.
    private static async Task TellAsync(ApiCall call) =>
        await ContextNews.TellAsync(call, (await call.Services.Contexts.FindCalendarAsync(CalendarEndpoints.CalendarId(call)))?.JobIds ?? []);

    // What calendars call a job: its id, its groups, everybody.
    private static async Task<IReadOnlyCollection<string>> NamesAsync(ApiCall call, string job)
    {
        if (await call.Services.Catalog.FindAsync(job) is { } row) return [job, CalendarConfig.Everybody, .. row.Config.Groups];
        if (!JobExpression.IsWildcard(job) && (await call.Services.Catalog.NameTakenAsync(job)).IsGroup) return [job, CalendarConfig.Everybody];
        throw ApiException.NotFound($"no job or group has the name [{job}]");
    }

    private static string NewId() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(IdBytes)).Replace('+', '-').Replace('/', '_');

    private static void WriteAll(Utf8JsonWriter json, IEnumerable<CalendarEvent> events)
    {
        json.WriteStartArray("events");
        foreach (var one in events)
        {
            json.WriteStartObject();
            json.WriteString("calendar_id", one.CalendarId);
            json.WriteString("event_id", one.EventId);
            json.WriteString("description", one.Description);
            json.WriteNumber("start_time", one.StartMs);
            json.WriteNumber("end_time", one.EndMs);
            json.WriteBoolean("skip_result", one.SkipResult);
            json.WriteBoolean("skip_model_update", one.SkipModelUpdate);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
