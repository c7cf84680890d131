using System.Text.Json;
using MlActors.Jobs.Configuration.Fields;

namespace MlActors.Jobs.Tests.Configuration;

public sealed class JobFieldsTests
{
    [Fact]
    public void Every_field_is_described_once()
    {
        JobFields.All.Select(field => field.Path).ShouldBeUnique();
        JobFields.Update.All.Select(field => field.Path).ShouldBeUnique();
        JobFields.All.ShouldAllBe(field => field.Description.EndsWith('.'));
    }

    [Fact]
    public void Every_field_is_in_an_object_that_is_described() =>
        JobFields.All.Concat(JobFields.Update.All).Where(field => field.Section.Length > 0)
            .ShouldAllBe(field =>
                JobFields.All.Concat(JobFields.Update.All).Any(parent => field.Section == parent.Path || field.Section == parent.Path + "[]"));

    [Fact]
    public void Every_unsupported_field_says_what_to_do_instead() =>
        JobFields.All.Concat(JobFields.Update.All).Where(field => field.Use == FieldUse.Unsupported).ShouldAllBe(field => !string.IsNullOrEmpty(field.Advice));

    [Fact]
    public void Everything_the_API_shows_is_in_the_table()
    {
        var shown = Bodies.Api(
            Bodies.Put(Bodies.With(
                ("groups", "[\"g\"]"), ("description", "\"d\""), ("analysis_config.latency", "\"1s\""), ("analysis_config.summary_count_field_name", "\"n\""),
                ("analysis_config.time_zone", "\"Asia/Kolkata\""),
                ("analysis_config.detectors", """
                    [{"function":"mean","field_name":"x","by_field_name":"b","partition_field_name":"p","use_null":true,"exclude_frequent":"none"}]
                    """),
                ("data_description.format", "\"delimited\""), ("model_plot_config", "{\"terms\":\"a\"}"), ("renormalization_window_days", "1"),
                ("background_persist_interval", "\"1h\""), ("results_retention_days", "1"))),
            new() { JobId = "job", FinishedTime = 1, ModelSnapshotId = "1", Blocked = MlActors.Jobs.Lifecycle.BlockedReason.Delete });
        Paths(shown, "").Count().ShouldBeGreaterThan(35);
        Paths(shown, "").ShouldAllBe(path => JobFields.Put.All.Any(field => field.Path == path));
    }

    private static IEnumerable<string> Paths(JsonElement element, string prefix)
    {
        foreach (var property in element.EnumerateObject())
        {
            var path = prefix + property.Name;
            yield return path;
            if (path is "custom_settings" or "blocked") continue;
            if (property.Value.ValueKind == JsonValueKind.Object)
                foreach (var inner in Paths(property.Value, path + ".")) yield return inner;
            if (property.Value.ValueKind == JsonValueKind.Array
                && property.Value.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first)
                foreach (var inner in Paths(first, path + "[].")) yield return inner;
        }
    }
}
