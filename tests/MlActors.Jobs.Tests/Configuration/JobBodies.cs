using System.Text.Json;
using CsCheck;

namespace MlActors.Jobs.Tests.Configuration;

/// <summary>Random valid requests, using every field that this version honours.</summary>
internal static class JobBodies
{
    private static readonly Gen<string> Name = Gen.OneOf("host", "user", "airline", "geo.country", "a b", "名前", "x");

    private static readonly Gen<object> Detector = Gen.Select(
            Gen.OneOf("count", "high_count", "mean", "low_avg", "sum", "max"), Gen.Int[0, 3], Gen.Bool, Gen.Bool)
        .Select((function, split, useNull, named) =>
        {
            var detector = new Dictionary<string, object> { ["function"] = function };
            if (!function.Contains("count")) detector["field_name"] = "value.of";
            if (split is 1 or 3) detector["by_field_name"] = "airline";
            if (split is 2 or 3) detector["partition_field_name"] = "host";
            if (useNull) detector["use_null"] = true;
            if (named) detector["detector_description"] = "mine \"quoted\" ✓";
            return (object)detector;
        });

    private static readonly Gen<(string Key, object Value)> Optional = Gen.OneOf(
        Gen.OneOf("web", "eu-1", "a.b").Array[0, 3].Select(groups => ("groups", (object)groups)),
        Gen.String.Select(text => ("description", (object)text.Replace("\0", "").Normalize0())),
        Gen.Long[10, 100].Select(days => ("model_snapshot_retention_days", (object)days)),
        Gen.Long[0, 10].Select(days => ("daily_model_snapshot_retention_after_days", (object)days)),
        Gen.Long[0, 100].Select(days => ("renormalization_window_days", (object)days)),
        Gen.Long[0, 100].Select(days => ("results_retention_days", (object)days)),
        Gen.OneOf("shared", "mine", "custom-mine").Select(name => ("results_index_name", (object)name)),
        Gen.Long[1, 48].Select(hours => ("background_persist_interval", (object)$"{hours}h")),
        Gen.Bool.Select(lazy => ("allow_lazy_open", (object)lazy)),
        Gen.Long[1, 5000].Select(limit => ("analysis_limits", (object)new { model_memory_limit = limit, categorization_examples_limit = limit % 7 })),
        Gen.Select(Gen.Bool, Gen.Bool).Select((plot, annotate) => ("model_plot_config", (object)new { enabled = plot, annotations_enabled = annotate, terms = "a,b" })),
        Gen.Double[-1e9, 1e9].Select(number => ("custom_settings", (object)new { a = new object?[] { number, null, "ü\u0001" }, b = new { } })));

    private static readonly Gen<(string Key, object Value)> AnalysisOptional = Gen.OneOf(
        Gen.OneOf("host", "user", "geo.country", "a b", "名前").Array[0, 4].Select(names => ("influencers", (object)names)),
        Gen.Long[0, 100].Select(minutes => ("latency", (object)$"{minutes}m")),
        Gen.OneOf("UTC", "America/New_York").Select(zone => ("time_zone", (object)zone)),
        Gen.Bool.Select(multivariate => ("multivariate_by_fields", (object)multivariate)),
        Gen.Const(("summary_count_field_name", (object)"n")));

    public static Gen<string> Valid { get; } = Gen.Select(
            Gen.Long[1, 10_000], Gen.Int[0, 50], Detector.Array[1, 4], AnalysisOptional.Array[0, 3], Optional.Array[0, 8],
            Gen.OneOf("epoch", "epoch_ms", "yyyy-MM-dd'T'HH:mm:ss.SSSX"))
        .Select((span, spans, detectors, analysis, optional, format) =>
        {
            var config = new Dictionary<string, object> { ["bucket_span"] = $"{span}s" };
            config["detectors"] = detectors.DistinctBy(detector => JsonSerializer.Serialize(detector)).DistinctBy(Meaning).ToArray();
            if (spans >= 2) config["model_prune_window"] = $"{span * spans}s";
            foreach (var (key, value) in analysis) config[key] = value;
            var body = new Dictionary<string, object> { ["analysis_config"] = config };
            body["data_description"] = new { time_field = "@timestamp", time_format = format };
            foreach (var (key, value) in optional) body[key] = value;
            return JsonSerializer.Serialize(body);
        });

    private static string Meaning(object detector) => JsonSerializer.Serialize(detector).Replace("avg", "mean");

    // Half a surrogate pair is no text.
    private static string Normalize0(this string text) => new([.. text.Where(c => !char.IsSurrogate(c))]);
}
