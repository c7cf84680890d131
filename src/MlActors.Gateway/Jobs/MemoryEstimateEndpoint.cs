using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MlActors.Analysis;
using MlActors.Analysis.Categorization;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Configuration;

namespace MlActors.Gateway.Jobs;

/// <summary>How much memory the models of a job will need, and so which limit it should have.</summary>
public static class MemoryEstimateEndpoint
{
    private const string Config = "analysis_config";
    private const string Overall = "overall_cardinality";
    private const string InBucket = "max_bucket_cardinality";
    private const long MebiByte = 1 << 20;
    private const long MostValues = 1_000_000_000_000;

    public static ApiEndpoint Endpoint { get; } = new("ml.estimate_model_memory", ["POST"], ["/_ml/anomaly_detectors/_estimate_model_memory"], Privileges.ManageMl,
        "cluster:admin/xpack/ml/job/estimate_model_memory", "Estimates the memory limit that a job needs, without creating it.", EstimateAsync)
    {
        Body = BodyKind.Json,
        BodyDoc = $"`{Config}` of a job; `{Overall}`: how many values each by, over and partition field has; "
            + $"`{InBucket}`: how many values of each other influencer come in one bucket.",
    };

    private static Task<ApiResult> EstimateAsync(ApiCall call)
    {
        using var body = call.ParseBody();
        var request = body.RootElement;
        if (request.ValueKind != JsonValueKind.Object) throw ApiException.Parse("the body must be a JSON object");
        foreach (var property in request.EnumerateObject())
            if (property.Name is not (Config or Overall or InBucket))
                throw ArgumentReader.Unknown("field", property.Name, "in the body", [Config, Overall, InBucket]);
        if (!request.TryGetProperty(Config, out var config)) throw ApiException.IllegalArgument($"[{Config}] is required");
        var settings = Read(call, config).ToSettings();
        var (overall, inBucket) = (ReadCounts(request, Overall), ReadCounts(request, InBucket));
        Require(Overall, overall, settings.Detectors.SelectMany(detector => new[] { detector.ByFieldName, detector.OverFieldName, detector.PartitionFieldName }));
        Require(InBucket, inBucket, settings.Influencers.Where(influencer =>
            settings.Detectors.Any(detector => !detector.IsSplitBy(influencer)) && !overall.ContainsKey(influencer)));
        var bytes = MemoryEstimate.Of(settings, field => overall[field], field => inBucket.TryGetValue(field, out var count) ? count : overall[field]);
        var limit = Math.Max(1, (MemoryEstimate.LimitFor(bytes) + MebiByte - 1) / MebiByte);
        return Task.FromResult(ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("model_memory_estimate", limit.ToString(CultureInfo.InvariantCulture) + "mb");
            json.WriteEndObject();
        }));
    }

    // Read as a job that has no more to say.
    private static JobConfig Read(ApiCall call, JsonElement config)
    {
        var job = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(job))
        {
            json.WriteStartObject();
            json.WritePropertyName(Config);
            config.WriteTo(json);
            json.WriteStartObject("data_description");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return JobConfigReader.ReadPut(null, job.WrittenSpan, call.Services.Options.JobLimits, call.Services.Time.GetUtcNow());
    }

    private static Dictionary<string, long> ReadCounts(JsonElement request, string name)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        if (!request.TryGetProperty(name, out var given)) return counts;
        if (given.ValueKind != JsonValueKind.Object) throw ApiException.Parse($"[{name}] must be an object of fields and numbers");
        foreach (var field in given.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.Number || !field.Value.TryGetInt64(out var count) || count is < 0 or > MostValues)
                throw ApiException.IllegalArgument($"[{name}.{field.Name}] must be a whole number from 0 to {MostValues}");
            counts[field.Name] = count;
        }
        return counts;
    }

    private static void Require(string name, Dictionary<string, long> counts, IEnumerable<string?> fields)
    {
        foreach (var field in fields)
            if (field is not (null or CategorizationSettings.CategoryField) && !counts.ContainsKey(field))
                throw ApiException.IllegalArgument($"[{name}.{field}] is required: how many values the field [{field}] has{(name == InBucket ? " in one bucket" : "")}");
    }
}
