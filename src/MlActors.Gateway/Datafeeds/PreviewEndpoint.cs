using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Security;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Gateway.Datafeeds;

/// <summary>The first records that a datafeed would bring, as its job would see them.</summary>
public static class PreviewEndpoint
{
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(30);

    private static readonly Parameter<long?> Start = Parameters.Date("start", ParameterPlace.Query, "The earliest data to read, inclusive; without it, all there is.");

    private static readonly Parameter<long?> End = Parameters.Date("end", ParameterPlace.Query, "Where to stop, exclusive; without it, now.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.preview_datafeed", ["GET", "POST"], ["/_ml/datafeeds/_preview", "/_ml/datafeeds/{datafeed_id}/_preview"], Privileges.ManageMl,
            "cluster:admin/xpack/ml/datafeeds/preview",
            "The first records that a datafeed would bring, at most as many as its `scroll_size`, with the fields that its job uses.", AnswerAsync)
        {
            Body = BodyKind.OptionalJson,
            BodyDoc = "`datafeed_config` of a datafeed that need not exist, and `job_config` unless its `job_id` is that of a job; only without an id in the address.",
            Parameters = [Start, End],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var (start, end) = ApiCall.Range(call.Get(Start), call.Get(End));
        var (datafeed, job) = call.Path("datafeed_id") is null ? await ReadBodyAsync(call) : await FindAsync(call);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        patience.CancelAfter(LongestSearch);
        try
        {
            var batches = await ReadAsync(call, datafeed, job, new SourceRange(start ?? 0, end ?? call.Services.NowMs), patience.Token);
            return ApiResult.Json(json => Write(json, batches, job.DataDescription.TimeField, datafeed.ScrollSize));
        }
        catch (SourceException failure)
        {
            throw failure.IsMissing ? ApiException.NotFound(failure.Message)
                : failure.IsPermanent ? ApiException.IllegalArgument(failure.Message)
                : new ApiException(503, ErrorTypes.Status, $"the source of the datafeed did not answer: {failure.Message}");
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested)
        {
            throw new ApiException(408, ErrorTypes.Status, $"the source of the datafeed did not answer within {LongestSearch.TotalSeconds:0}s; give a later [start] or a nearer [end]");
        }
    }

    private static async Task<(DatafeedConfig Datafeed, JobConfig Job)> FindAsync(ApiCall call)
    {
        if (!call.Body.IsEmpty) throw ApiException.IllegalArgument("a body and an id in the address are two datafeeds; give one of them");
        var row = await DatafeedResolution.RequireAsync(call);
        var job = await call.Services.Catalog.FindAsync(row.Config.JobId) ?? throw ApiException.NotFound($"no job with id [{row.Config.JobId}] exists");
        return (row.Config, job.Config);
    }

    private static async Task<(DatafeedConfig Datafeed, JobConfig Job)> ReadBodyAsync(ApiCall call)
    {
        using var body = call.ParseBody();
        foreach (var member in body.RootElement.EnumerateObject().Where(member => member.Name is not ("datafeed_config" or "job_config")))
            throw ApiException.IllegalArgument($"[{member.Name}] is not a known field here; write [datafeed_config] and [job_config]");
        if (!body.RootElement.TryGetProperty("datafeed_config", out var datafeed) || datafeed.ValueKind != JsonValueKind.Object)
            throw ApiException.IllegalArgument("[datafeed_config] is required: the configuration of a datafeed, or name one in the address");
        var job = body.RootElement.TryGetProperty("job_config", out var given) ? ReadJob(call, given) : await FindJobAsync(call, datafeed);
        return (DatafeedReader.ReadInJob(datafeed.Clone(), job, call.Services.Sources), job);
    }

    private static JobConfig ReadJob(ApiCall call, JsonElement job) =>
        JobConfigReader.ReadPut(null, Encoding.UTF8.GetBytes(job.GetRawText()), call.Services.Options.JobLimits, call.Services.Time.GetUtcNow());

    private static async Task<JobConfig> FindJobAsync(ApiCall call, JsonElement datafeed)
    {
        var id = datafeed.TryGetProperty("job_id", out var given) && given.ValueKind == JsonValueKind.String
            ? given.GetString()!
            : throw ApiException.IllegalArgument("[job_config] is required unless [datafeed_config.job_id] names a job");
        return (await call.Services.Catalog.FindAsync(id))?.Config ?? throw ApiException.NotFound($"no job with id [{id}] exists");
    }

    private static async Task<List<RecordBatch>> ReadAsync(ApiCall call, DatafeedConfig datafeed, JobConfig job, SourceRange range, CancellationToken cancellation)
    {
        await using var source = call.Services.Sources.Open(datafeed, job);
        var batches = new List<RecordBatch>();
        await foreach (var page in source.ReadAsync(range, cancellation))
        {
            batches.AddRange(page.Batches);
            if (batches.Sum(batch => batch.Count) >= datafeed.ScrollSize) break;
        }
        return batches;
    }

    private static void Write(Utf8JsonWriter json, List<RecordBatch> batches, string timeField, int most)
    {
        json.WriteStartArray();
        foreach (var (batch, row) in batches.SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row => (batch, row))).Take(most))
        {
            json.WriteStartObject();
            json.WriteNumber(timeField, batch.Times[row] * 1000);
            // A field may have several columns; the first that has a value shows it.
            var written = new HashSet<string>(StringComparer.Ordinal) { timeField };
            for (var i = 0; i < batch.Columns.Length; i++)
            {
                var (name, column) = (batch.Schema.Fields[i].Name, batch.Columns[i]);
                if (written.Contains(name)) continue;
                if (column.Numbers is { } numbers && !double.IsNaN(numbers[row])) json.WriteNumber(name, numbers[row]);
                else if (column.Codes is { } codes && codes[row] >= 0) json.WriteString(name, column.Dictionary![codes[row]]);
                else continue;
                written.Add(name);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
