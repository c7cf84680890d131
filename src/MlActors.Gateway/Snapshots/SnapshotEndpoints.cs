using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Snapshots;

/// <summary>Model snapshots: what a job starts from, and what it can go back to.</summary>
public static class SnapshotEndpoints
{
    private const string Many = "/_ml/anomaly_detectors/{job_id}/model_snapshots";
    private const string One = Many + "/{snapshot_id}";

    private static readonly Parameter<string?> Sort =
        Parameters.Text("sort", "timestamp", ParameterPlace.Both, $"The field to sort by, one of {string.Join(", ", SnapshotList.SortFields)}.");

    private static readonly Parameter<bool> Descending = Parameters.Boolean("desc", true, ParameterPlace.Both,
        "Whether to sort from the highest to the lowest.");

    private static readonly Parameter<string?> Description = Parameters.Text("description", null, ParameterPlace.Body, "The new description.");

    private static readonly Parameter<bool?> Retain = new("retain", Parameters.Optional(ParameterKinds.Boolean), null, ParameterPlace.Body,
        "Whether to keep the snapshot when it is too old otherwise.")
    { DefaultText = "" };

    private static readonly Parameter<bool> DeleteInterveningResults = Parameters.Boolean("delete_intervening_results", false, ParameterPlace.Both,
        "Also removes the results after the snapshot, so that the data since then can be sent again.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_model_snapshots", ["GET", "POST"], [Many, One], Privileges.MonitorMl, "cluster:monitor/xpack/ml/job/model_snapshots/get",
            "The model snapshots of a job: all, or those of a list of ids and wildcards.", GetAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Parameters.Start, Parameters.End, Sort, Descending, Parameters.From, Parameters.Size, Parameters.PageObject],
        },
        new("ml.update_model_snapshot", ["POST"], [One + "/_update"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/model_snapshots/update",
            "Changes the description of a model snapshot, or whether it is kept.", UpdateAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Description, Retain],
        },
        new("ml.delete_model_snapshot", ["DELETE"], [One], Privileges.ManageMl, "cluster:admin/xpack/ml/job/model_snapshots/delete",
            "Deletes a model snapshot that is not the one the job starts from.", DeleteAsync),
        new("ml.revert_model_snapshot", ["POST"], [One + "/_revert"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/model_snapshots/revert",
            "Takes a closed job back to a model snapshot; the id `empty` means a model that has seen nothing.", RevertAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [DeleteInterveningResults],
        },
    ];

    private static string SnapshotId(ApiCall call) => call.Path("snapshot_id")!;

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        await call.RequireJobAsync();
        var (from, size) = call.Page();
        var snapshots = SnapshotList.Select(await call.Services.Store.ListSnapshotsAsync(call.JobId), call.Path("snapshot_id"), call.Get(Parameters.Start),
            call.Get(Parameters.End), call.Get(Sort)!, call.Get(Descending));
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", snapshots.Count);
            json.WriteStartArray("model_snapshots");
            foreach (var snapshot in snapshots.Skip(from).Take(size))
            {
                json.WriteStartObject();
                SnapshotDocument.WriteMembers(json, snapshot);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> UpdateAsync(ApiCall call)
    {
        if (!call.Has(Description) && !call.Has(Retain)) throw ApiException.IllegalArgument("the body changes nothing; give [description] or [retain]");
        await call.RequireJobAsync();
        var changed = await call.AskAsync<SnapshotReply>(
            new ChangeSnapshot(call.JobId, SnapshotId(call), call.Get(Description), call.Get(Retain)), call.Services.Options.CommandTimeout);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("acknowledged", true);
            WriteModel(json, changed.Snapshot);
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        await call.RequireJobAsync();
        await call.AskAsync<Done>(new RemoveSnapshot(call.JobId, SnapshotId(call)), call.Services.Options.CommandTimeout);
        return ApiResult.Acknowledged();
    }

    private static async Task<ApiResult> RevertAsync(ApiCall call)
    {
        await call.RequireJobAsync();
        var command = new RevertSnapshot(call.JobId, SnapshotId(call), call.Get(DeleteInterveningResults), call.Services.Jobs.NewTaskId());
        var reverted = await call.AskAsync<SnapshotReply>(command, call.Services.Options.LongCommandTimeout);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            WriteModel(json, reverted.Snapshot);
            json.WriteEndObject();
        });
    }

    private static void WriteModel(Utf8JsonWriter json, ModelSnapshot snapshot)
    {
        json.WriteStartObject("model");
        SnapshotDocument.WriteMembers(json, snapshot);
        json.WriteEndObject();
    }
}
