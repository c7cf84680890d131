using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Contexts;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Contexts;

namespace MlActors.Gateway.Calendars;

/// <summary>Calendars and whom they concern.</summary>
public static class CalendarEndpoints
{
    private const string Many = "/_ml/calendars";
    internal const string One = Many + "/{calendar_id}";
    internal const string What = "calendar";

    private static readonly Parameter<int> Size = Parameters.Integer("size", Parameters.ResultWindow, ParameterPlace.Query,
        "How many of the calendars to return; in a body: `page.size`.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.put_calendar", ["PUT"], [One], Privileges.ManageMl, "cluster:admin/xpack/ml/calendars/put", "Creates a calendar.", PutAsync)
        {
            Body = BodyKind.OptionalJson,
            BodyDoc = "`job_ids`: ids of jobs, names of groups, or `_all` for every job, now and later; `description`.",
        },
        new("ml.get_calendars", ["GET", "POST"], [Many, One], Privileges.MonitorMl, "cluster:monitor/xpack/ml/calendars/get",
            "The calendars of a list of ids and wildcards, or all, sorted by id. A page is taken of all only.", GetAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Parameters.From, Size, Parameters.PageObject],
        },
        new("ml.delete_calendar", ["DELETE"], [One], Privileges.ManageMl, "cluster:admin/xpack/ml/calendars/delete",
            "Deletes a calendar with its events.", DeleteAsync),
        new("ml.put_calendar_job", ["PUT"], [One + "/jobs/{job_id}"], Privileges.ManageMl, "cluster:admin/xpack/ml/calendars/jobs/update",
            "Has a calendar concern the jobs and groups of a list, or `_all`, too.", AddJobsAsync),
        new("ml.delete_calendar_job", ["DELETE"], [One + "/jobs/{job_id}"], Privileges.ManageMl, "cluster:admin/xpack/ml/calendars/jobs/remove",
            "Takes jobs and groups out of a calendar; it must name them.", RemoveJobsAsync),
    ];

    internal static string CalendarId(ApiCall call) => call.Path("calendar_id")!;

    /// <exception cref="ApiException">404.</exception>
    internal static async Task<CalendarConfig> RequireAsync(ApiCall call) =>
        await call.Services.Contexts.FindCalendarAsync(CalendarId(call)) ?? throw IdExpression.NotFound(What, CalendarId(call));

    private static async Task<ApiResult> PutAsync(ApiCall call)
    {
        var calendar = CalendarReader.ReadPut(CalendarId(call), call.Body.Span);
        if (await call.Services.Contexts.AddCalendarAsync(calendar) == ContextChange.Exists)
            throw new ApiException(400, ErrorTypes.AlreadyExists, $"a calendar with the id [{calendar.CalendarId}] exists already");
        // It has no events yet: nobody need be told.
        return ApiResult.Json(json => Write(json, calendar));
    }

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var (from, size) = call.Page(Size);
        if (call.Path("calendar_id") is { } id && (call.Has(Parameters.From) || call.Has(Size) || call.Has(Parameters.PageObject)))
            throw ApiException.IllegalArgument($"a page ([from], [size]) is taken of all calendars only; leave it out, or leave out [{id}]");
        var calendars = await call.Services.Contexts.ListCalendarsAsync();
        var picked = IdExpression.Pick(What, [.. calendars.Select(calendar => calendar.CalendarId)], call.Path("calendar_id"))
            .ToHashSet(StringComparer.Ordinal);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", picked.Count);
            json.WriteStartArray("calendars");
            foreach (var calendar in calendars.Where(calendar => picked.Contains(calendar.CalendarId)).Skip(from).Take(size)) Write(json, calendar);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var calendar = await RequireAsync(call);
        if (await call.Services.Contexts.DeleteCalendarAsync(calendar.CalendarId) == ContextChange.NotFound)
            throw IdExpression.NotFound(What, calendar.CalendarId);
        await ContextNews.TellAsync(call, calendar.JobIds);
        return ApiResult.Acknowledged();
    }

    private static async Task<ApiResult> AddJobsAsync(ApiCall call)
    {
        var names = ReadNames(call);
        if (await call.Services.Contexts.AddToCalendarAsync(CalendarId(call), names) == ContextChange.NotFound)
            throw IdExpression.NotFound(What, CalendarId(call));
        return await ChangedAsync(call, names);
    }

    private static async Task<ApiResult> RemoveJobsAsync(ApiCall call)
    {
        var names = ReadNames(call);
        var calendar = await RequireAsync(call);
        switch (await call.Services.Contexts.RemoveFromCalendarAsync(calendar.CalendarId, names))
        {
            case ContextChange.NotFound:
                throw IdExpression.NotFound(What, calendar.CalendarId);
            case ContextChange.Missing:
                var missing = string.Join(',', names.Except(calendar.JobIds, StringComparer.Ordinal));
                throw ApiException.NotFound($"the calendar [{calendar.CalendarId}] does not name [{missing}]");
        }
        return await ChangedAsync(call, names);
    }

    private static async Task<ApiResult> ChangedAsync(ApiCall call, ImmutableArray<string> names)
    {
        await ContextNews.TellAsync(call, names);
        var calendar = await RequireAsync(call);
        return ApiResult.Json(json => Write(json, calendar));
    }

    private static ImmutableArray<string> ReadNames(ApiCall call)
    {
        var names = call.JobId.Split(',', StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToImmutableArray();
        return names.FirstOrDefault(name => !ContextNames.IsJobOrGroup(name)) is { } wrong
            ? throw ApiException.IllegalArgument($"[{wrong}] can be no job and no group: each name must be [{CalendarConfig.Everybody}], or {JobId.Rule}")
            : names;
    }

    private static void Write(Utf8JsonWriter json, CalendarConfig calendar)
    {
        json.WriteStartObject();
        json.WriteString("calendar_id", calendar.CalendarId);
        json.WriteStartArray("job_ids");
        foreach (var name in calendar.JobIds) json.WriteStringValue(name);
        json.WriteEndArray();
        if (calendar.Description is not null) json.WriteString("description", calendar.Description);
        json.WriteEndObject();
    }
}
