using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Security;
using MlActors.Jobs;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Tasks;

/// <summary>How work stands that was started with <c>wait_for_completion=false</c>.</summary>
public static class TaskEndpoint
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private static readonly Parameter<bool> Wait =
        Parameters.Boolean("wait_for_completion", false, ParameterPlace.Query, "Answers when the task has ended, or `timeout` has.");

    private static readonly Parameter<TimeSpan> Timeout =
        Parameters.Duration("timeout", "30s", ParameterPlace.Query, "How long to wait; when it ends, the answer is how the task stands then.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("tasks.get", ["GET"], ["/_tasks/{task_id}"], Privileges.MonitorMl, "cluster:monitor/task/get",
            "How a task stands, at whichever node it was started. A task that has ended is remembered for an hour, as long as its node lives.", AnswerAsync)
        {
            Parameters = [Wait, Timeout],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var id = call.Path("task_id")!;
        var colon = id.LastIndexOf(':');
        if (colon <= 0 || !long.TryParse(id.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw ApiException.IllegalArgument($"[{id}] is not a task id; it has the form node:number");
        var task = await FindAsync(call, id) ?? throw ApiException.NotFound($"task [{id}] is not known to any node that answers; it may have ended more than an hour ago, or with its node");
        return ApiResult.Json(json => Write(json, task, id[..colon], number, call.Services.Options.NamesShown));
    }

    private static async Task<TaskProgress?> FindAsync(ApiCall call, string id)
    {
        var deadline = new RequestDeadline(call.Services.Time, call.Get(Wait) ? call.Get(Timeout) : TimeSpan.Zero);
        var pause = TimeSpan.FromMilliseconds(20);
        while (true)
        {
            var task = await call.Services.Jobs.FindTaskAsync(id);
            var left = deadline.Remaining;
            if (task is null || task.Completed || left == TimeSpan.Zero) return task;
            await Task.Delay(pause < left ? pause : left, call.Services.Time, call.Aborted);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static void Write(Utf8JsonWriter json, TaskProgress task, string node, long number, int shown)
    {
        json.WriteStartObject();
        json.WriteBoolean("completed", task.Completed);
        json.WriteStartObject("task");
        json.WriteString("node", node);
        json.WriteNumber("id", number);
        json.WriteString("type", "transport");
        json.WriteString("action", task.Action);
        if (task.Bulk is { } bulk) WriteStatus(json, bulk, shown);
        json.WriteNumber("start_time_in_millis", task.StartedMs);
        json.WriteNumber("running_time_in_nanos", (long)(task.RunningMs * 1_000_000));
        json.WriteBoolean("cancellable", false);
        json.WriteStartObject("headers");
        json.WriteEndObject();
        json.WriteEndObject();
        if (task.Completed) WriteEnd(json, task);
        json.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter json, BulkProgress bulk, int shown)
    {
        json.WriteStartObject("status");
        json.WriteNumber("total", bulk.Jobs.Count);
        json.WriteNumber("done", bulk.CountDone);
        json.WriteNumber("pending", bulk.Jobs.Count(job => job.Outcome == BulkOutcome.Pending));
        json.WriteNumber("refused", bulk.Jobs.Count(job => job.Outcome == BulkOutcome.Refused));
        // What needs attention first, and never so many that the answer becomes a burden.
        BulkDocument.WriteJobs(json, bulk.Operation, bulk.Jobs.OrderBy(job => job.Outcome switch
        {
            BulkOutcome.Refused => 0,
            BulkOutcome.Pending => 1,
            _ => 2,
        }).Take(shown));
        json.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter json, TaskProgress task)
    {
        var refused = task.Bulk?.Jobs.Where(job => job.Outcome == BulkOutcome.Refused).ToList() ?? [];
        if (task.Refusal is { } refusal)
        {
            WriteError(json, ErrorMapping.TypeOf(refusal.Kind), refusal.Reason);
        }
        else if (refused.Count > 0)
        {
            WriteError(json, ErrorMapping.TypeOf(refused[0].Refusal ?? RefusalKind.Failed),
                $"{refused.Count} jobs were refused, the first: [{refused[0].JobId}]: {refused[0].Reason}");
        }
        else
        {
            json.WriteStartObject("response");
            json.WriteBoolean(task.Bulk?.Operation switch { null => "acknowledged", BulkOperation.Open => "opened", _ => "closed" }, true);
            json.WriteEndObject();
        }
    }

    private static void WriteError(Utf8JsonWriter json, string type, string reason)
    {
        json.WriteStartObject("error");
        json.WriteString("type", type);
        json.WriteString("reason", reason);
        json.WriteEndObject();
    }
}
