using System.Collections.Immutable;
using System.Globalization;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Ingest;
using MlActors.Gateway.Security;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Jobs;

/// <summary>
/// Taking records. The body is parsed while it comes in and handed to the job piece by piece, each acknowledged when it is durable; a job that
/// falls behind delays its acknowledgements and so slows the client down. Memory is bounded whatever the size of the upload.
/// </summary>
public static class DataEndpoint
{
    private const int LongestBatchId = 256;

    private static readonly Parameter<long?> ResetStart = Parameters.Date("reset_start", ParameterPlace.Query,
        "Start of the time range whose open buckets are emptied first, to be sent again; they must still be within the latency.");

    private static readonly Parameter<long?> ResetEnd =
        Parameters.Date("reset_end", ParameterPlace.Query, "End of that range, exclusive; without it, the bucket that `reset_start` falls into.");

    private static readonly Parameter<string?> BatchId = Parameters.Text("batch_id", null, ParameterPlace.Query,
            "Your name for this upload. Sent again with the same name and content, it is answered as before and counted once, so an upload may be " +
            "repeated when its answer was lost.")
        with
        { Extension = true, Rule = BatchIdProblem };

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.post_data", ["POST"], ["/_ml/anomaly_detectors/{job_id}/_data"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/data/post",
            "Takes records for an open job. Answers 202 with the counts of this upload when all of it is durable.", AnswerAsync)
        {
            Body = BodyKind.Stream,
            BodyDoc = "JSON objects one after another: lines, an array, or back to back; `Content-Encoding` gzip, deflate or br. No limit of size.",
            Parameters = [ResetStart, ResetEnd, BatchId],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var reset = ReadReset(call);
        var config = await RequireOpenAsync(call);
        var settings = config.ToSettings();
        var format = new RecordFormat(config.DataDescription.TimeField, config.DataDescription.TimeFormat);
        // Where the owner may move, each upload has a name: whoever of the two dies on the way, a piece that is sent again counts once.
        var name = call.Get(BatchId) ?? (call.Services.Jobs.JobsMove ? Guid.NewGuid().ToString("N") : null);
        var upload = new Upload(call, settings.Schema, reset, name);
        var counts = await upload.RunAsync(new RecordReader(settings.Schema, format));
        return ApiResult.Json(
            json =>
            {
                json.WriteStartObject();
                DataCountsDocument.WriteMembers(json, call.JobId, counts);
                json.WriteEndObject();
            },
            status: 202);
    }

    // Before the body is read: nobody should send gigabytes to learn that the job is closed. The owner checks again with each piece.
    private static async Task<JobConfig> RequireOpenAsync(ApiCall call)
    {
        var row = await call.Services.Catalog.FindAsync(call.JobId)
            ?? throw ApiException.Conflict($"cannot post data to job [{call.JobId}] because it does not exist");
        if (row.Status.Blocked != BlockedReason.None)
        {
            throw ApiException.Conflict(
                $"cannot post data to job [{call.JobId}] while a {JobLifecycle.Name(row.Status.Blocked)} of it is under way");
        }
        if (row.Status.State != JobState.Opened)
        {
            throw ApiException.Conflict(
                $"cannot post data to job [{call.JobId}] because it is {JobLifecycle.Name(row.Status.State)}; it must be opened");
        }
        return row.Config;
    }

    private static ResetBucketsInput? ReadReset(ApiCall call)
    {
        var (start, end) = (call.Get(ResetStart), call.Get(ResetEnd));
        if (start is null && end is not null) throw ApiException.IllegalArgument("[reset_end] is given without [reset_start]; give both");
        if (end <= start) throw ApiException.IllegalArgument("[reset_end] must be later than [reset_start]");
        if (start is null) return null;
        var from = FloorToSeconds(start.Value);
        return new ResetBucketsInput(from, end is null ? from + 1 : Math.Max(from + 1, -FloorToSeconds(-end.Value)));
    }

    internal static long FloorToSeconds(long milliseconds) => BucketTime.Floor(milliseconds, 1000) / 1000;

    private static string? BatchIdProblem(string? id) =>
        string.IsNullOrWhiteSpace(id) || id.Length > LongestBatchId || id.Any(char.IsControl)
            ? string.Create(CultureInfo.InvariantCulture, $"it must have 1 to {LongestBatchId} characters, none of them control characters")
            : null;
}
