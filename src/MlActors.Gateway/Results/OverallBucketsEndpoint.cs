using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Security;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Gateway.Results;

/// <summary>Results over several jobs at once.</summary>
public static class OverallBucketsEndpoint
{
    private static readonly Parameter<int> TopN = Parameters.Integer("top_n", 1, ParameterPlace.Both, "How many of the highest job scores are averaged.") with
    {
        Rule = value => value < 1 ? $"[{value}] is too low: write 1 or more" : null,
    };

    private static readonly Parameter<TimeSpan?> BucketSpan = new("bucket_span", Parameters.Optional(ParameterKinds.Duration), null, ParameterPlace.Both,
        "Width of the overall buckets, in whole seconds; at least the widest bucket span of the jobs, which is the default.")
    { DefaultText = "" };

    private static readonly Parameter<double> OverallScore = Parameters.Number("overall_score", 0, ParameterPlace.Both, "Lowest overall score, 0 to 100.");

    private static readonly Parameter<bool> AllowNoMatch = Parameters.AllowNoMatch with { Place = ParameterPlace.Both };

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_overall_buckets", ["GET", "POST"], ["/_ml/anomaly_detectors/{job_id}/results/overall_buckets"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/results/overall_buckets/get",
            "How unusual each time is over the jobs of an expression: the mean of the highest scores that single jobs have in it.", AnswerAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [TopN, BucketSpan, OverallScore, Parameters.ExcludeInterim, Parameters.Start, Parameters.End, AllowNoMatch],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var (start, end) = call.Range();
        var jobs = await JobResolution.ResolveAsync(call, call.JobId, call.Get(AllowNoMatch));
        var ids = jobs.Select(job => job.JobId).ToList();
        var baseSpan = await WidestSpanAsync(call, ids);
        var span = ReadSpan(call, baseSpan);
        var overall = new OverallBuckets(baseSpan, ids.Count, call.Get(TopN));
        foreach (var id in ids)
        {
            call.Aborted.ThrowIfCancellationRequested();
            overall.Add(id, await call.Services.Results.ReadBucketScoresAsync(id, start, end, call.Get(Parameters.ExcludeInterim)));
        }
        var buckets = overall.Compute(span, call.Get(OverallScore)).ToList();
        return ApiResult.Stream(async output =>
        {
            output.Json.WriteStartObject();
            output.Json.WriteNumber("count", buckets.Count);
            output.Json.WriteStartArray("overall_buckets");
            foreach (var bucket in buckets)
            {
                Write(output.Json, bucket, span);
                await output.FlushIfFullAsync(call.Aborted);
            }
            output.Json.WriteEndArray();
            output.Json.WriteEndObject();
        });
    }

    private static async Task<long> WidestSpanAsync(ApiCall call, IReadOnlyList<string> ids)
    {
        var widest = 1L;
        await foreach (var row in call.Services.Catalog.ReadAsync(ids))
            if (TimeValue.TryParse(row.Config.AnalysisConfig.BucketSpan, out var span, out _)) widest = Math.Max(widest, span.TotalSeconds);
        return widest;
    }

    private static long ReadSpan(ApiCall call, long baseSpan)
    {
        if (call.Get(BucketSpan) is not { } given) return baseSpan;
        if (given.Ticks % TimeSpan.TicksPerSecond != 0) throw ApiException.IllegalArgument("[bucket_span] must be a whole number of seconds");
        var span = (long)given.TotalSeconds;
        return span >= baseSpan
            ? span
            : throw ApiException.IllegalArgument(string.Create(CultureInfo.InvariantCulture,
                $"[bucket_span] is {span}s; it must be at least {baseSpan}s, the widest bucket span of the jobs"));
    }

    private static void Write(Utf8JsonWriter json, OverallBucket bucket, long span)
    {
        json.WriteStartObject();
        json.WriteNumber("timestamp", bucket.Timestamp * 1000);
        json.WriteNumber("bucket_span", span);
        json.WriteNumber("overall_score", bucket.OverallScore);
        json.WriteStartArray("jobs");
        foreach (var job in bucket.Jobs)
        {
            json.WriteStartObject();
            json.WriteString("job_id", job.JobId);
            json.WriteNumber("max_anomaly_score", job.MaxAnomalyScore);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("is_interim", bucket.IsInterim);
        json.WriteString("result_type", "overall_bucket");
        json.WriteEndObject();
    }
}
