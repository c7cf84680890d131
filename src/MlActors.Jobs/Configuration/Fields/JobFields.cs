using System.Collections.Immutable;

namespace MlActors.Jobs.Configuration.Fields;

/// <summary>The fields of a job's configuration and of an update: one table each for reading and for the documentation.</summary>
public static class JobFields
{
    public const string Detectors = "analysis_config.detectors[]";

    /// <summary>What a request that creates or validates a job may carry.</summary>
    public static FieldTable Put { get; } = new(
    [
        new("job_id", FieldType.Text, "the id in the address",
            "Name of the job: 1 to 64 lower-case letters, digits, `_`, `-`, `.`; the first and last a letter or digit."),
        new("job_type", FieldType.Text, "anomaly_detector", "Kind of job.") { Choices = ["anomaly_detector"] },
        new("groups", FieldType.Texts, "none", "Groups the job belongs to; each follows the rules of a job id and may stand for its jobs in job expressions."),
        new("description", FieldType.Text, null, "What the job is for.") { Nullable = true },
        new("analysis_config", FieldType.Object, null, "What is analysed.") { Required = true },
        new("analysis_config.bucket_span", FieldType.Duration, "5m", "Width of the time buckets; whole seconds, at least `1s`."),
        new("analysis_config.detectors", FieldType.Objects, null, "What to look at, one analysis each; at least one, no two the same.") { Required = true },
        new(Detectors + ".function", FieldType.Text, null, "What a bucket is reduced to; see the list of functions.") { Required = true },
        new(Detectors + ".field_name", FieldType.Text, null, "The field the function is computed of."),
        new(Detectors + ".by_field_name", FieldType.Text, null, "Splits the data; the values are compared with their own past."),
        new(Detectors + ".over_field_name", FieldType.Text, null, "Compares the values with each other, as a population."),
        new(Detectors + ".partition_field_name", FieldType.Text, null, "Splits the analysis; each value gets a model of its own."),
        new(Detectors + ".use_null", FieldType.Boolean, "false", "Whether records without the by or partition field form a series of their own."),
        new(Detectors + ".exclude_frequent", FieldType.Text, "none", "Whether values of the by or over field that are there in at least half of the buckets give no results.")
            { Choices = ["all", "none", "by", "over"] },
        new(Detectors + ".detector_description", FieldType.Text, "made from the other fields", "What the detector is called in lists."),
        new(Detectors + ".detector_index", FieldType.Integer, "its position",
            "Position in the list, from 0; assigned by the server, a value sent is replaced."),
        new(Detectors + ".custom_rules", FieldType.Objects, "none", "Rules by which results are skipped, or values not learnt."),
        .. Rules(Detectors),
        new("analysis_config.influencers", FieldType.Texts, "none", "Fields whose values may be to blame for an anomaly."),
        new("analysis_config.latency", FieldType.Duration, "0", "How late records may come; whole seconds."),
        new("analysis_config.model_prune_window", FieldType.Duration, "the larger of 30 days and 20 bucket spans",
            "Series not seen for this long are dropped; a multiple of the bucket span, at least 2 of them."),
        new("analysis_config.summary_count_field_name", FieldType.Text, null, "For pre-aggregated records: the field that says how many a record stands for."),
        new("analysis_config.time_zone", FieldType.Text, "UTC",
            "The time zone whose days and weeks the models follow, such as `Europe/Berlin`: what comes by the clock on the wall stays usual when clocks change."),
        new("analysis_config.categorization_field_name", FieldType.Text, null,
            "The field whose text is sorted into categories; detectors name the category of a record `mlcategory`, and at least one must."),
        new("analysis_config.categorization_filters", FieldType.Texts, "none",
            "Regular expressions without look-around and back references; what they match is cut out of the text first. "
            + "An open job obeys a change from the next records on."),
        new("analysis_config.categorization_analyzer", FieldType.TextOrObject, "the first line with letters, without names of days and months",
            "How the text is read; instead of `categorization_filters`. An object."),
        new("analysis_config.categorization_analyzer.tokenizer", FieldType.Text, null, "Both stand for the same reading of words.")
            { Required = true, Choices = AnalyzerNames.Tokenizers },
        new("analysis_config.categorization_analyzer.char_filter", FieldType.TextsOrObjects, "none",
            "`first_line_with_letters`, which always holds, and objects `{\"type\": \"pattern_replace\", \"pattern\": …}` for what is to be cut out."),
        new("analysis_config.categorization_analyzer.filter", FieldType.TextsOrObjects, "none",
            "`{\"type\": \"stop\", \"stopwords\": […]}` for words that are not looked at; a `limit` of 100 words, which always holds."),
        new("analysis_config.per_partition_categorization", FieldType.Object, null, "Whether each value of the partition field has categories of its own."),
        .. PerPartition("analysis_config."),
        new("analysis_config.multivariate_by_fields", FieldType.Boolean, "false",
            "Whether correlations between values of a by field, within a partition, are found and reported where they cease to hold, although each value " +
            "by itself is ordinary; for detectors that judge single numbers, without an over field."),
        new("analysis_limits", FieldType.Object, null, "Limits of the analysis."),
        new("analysis_limits.model_memory_limit", FieldType.Size, "1024mb, or the server's default or maximum if smaller",
            "Memory the models may take, in whole MiB, at least `1mb`; a number without a unit is MiB."),
        new("analysis_limits.categorization_examples_limit", FieldType.Integer, "4", "Examples kept of each category, at most 1000."),
        new("data_description", FieldType.Object, null, "How the records look; may be empty.") { Required = true },
        new("data_description.time_field", FieldType.Text, "time", "The field with the time of a record."),
        new("data_description.time_format", FieldType.Text, "epoch_ms",
            "`epoch` (seconds), `epoch_ms`, or a date pattern in the letters of Java's DateTimeFormatter that gives date and hour; no zone means UTC."),
        new("data_description.format", FieldType.Text, "xcontent", "Without effect.") { Choices = ["xcontent", "delimited"] },
        new("data_description.field_delimiter", FieldType.Text, null, "Without effect."),
        new("model_plot_config", FieldType.Object, null,
            "Storing of what the models expect of every series; an update holds for the buckets finished after it."),
        .. ModelPlot,
        new("model_snapshot_retention_days", FieldType.Integer, "10", "Days (of data time) after which model snapshots are removed."),
        new("daily_model_snapshot_retention_after_days", FieldType.Integer, "1, or less if all are kept shorter",
            "Days after which only one model snapshot a day is kept; at most `model_snapshot_retention_days`."),
        new("renormalization_window_days", FieldType.Integer, "the larger of 30 days and 100 bucket spans",
            "How far back scores are adjusted to new anomalies."),
        new("results_retention_days", FieldType.Integer, "for ever", "Days after which results are removed."),
        new("results_index_name", FieldType.Text, "shared", "Name of the results index; a name of one's own gets the prefix `custom-`."),
        new("background_persist_interval", FieldType.Duration, "3 to 4 hours", "How often the models of an open job are saved; whole seconds, at least `1h`."),
        new("allow_lazy_open", FieldType.Boolean, "false", "Whether the job may be opened before there is room for it."),
        new("custom_settings", FieldType.Custom, null, "An object of your own, kept with the job."),
        new("datafeed_config", FieldType.Custom, null, "A datafeed of the job, created with it; its id is that of the job unless it has one."),
        .. Generated,
    ]);

    /// <summary>Every field of a job's configuration, in the order of the documentation.</summary>
    public static ImmutableArray<JobField> All => Put.All;

    /// <summary>What a request that updates a job may carry.</summary>
    public static FieldTable Update { get; } = new(
    [
        .. Same("groups", "description"),
        new("analysis_limits", FieldType.Object, null, "Limits of the analysis."),
        new("analysis_limits.model_memory_limit", FieldType.Size, null,
            "As when the job is created; not while the job is open, and not below the size of its model."),
        new("analysis_limits.categorization_examples_limit", FieldType.Integer, null, "") { Use = FieldUse.Fixed },
        new("detectors", FieldType.Objects, null, "Changes of single detectors."),
        new("detectors[].detector_index", FieldType.Integer, null, "Which detector, by its position from 0.") { Required = true },
        new("detectors[].description", FieldType.Text, null, "Its new description."),
        new("detectors[].custom_rules", FieldType.Objects, null, "Its new rules, in place of the old ones; an open job obeys them from the next bucket on."),
        .. Rules("detectors[]"),
        .. Put.In(Detectors).Where(field => field.Name is not ("custom_rules" or "detector_index"))
            .Select(field => new JobField("detectors[]." + field.Name, field.Type, null, "") { Use = FieldUse.Fixed }),
        .. Same("model_plot_config"),
        .. ModelPlot,
        new("model_prune_window", FieldType.Duration, null, "As in `analysis_config` when the job is created."),
        .. Put.In("analysis_config").Where(field => field.Name is "categorization_filters" or "per_partition_categorization")
            .Select(field => field with { Path = field.Name }),
        .. PerPartition(""),
        .. Same("model_snapshot_retention_days", "daily_model_snapshot_retention_after_days", "renormalization_window_days", "results_retention_days"),
        .. Same("background_persist_interval", "allow_lazy_open", "custom_settings"),
        new("job_id", FieldType.Text, "the id in the address", "If sent, the id in the address."),
        .. new[] { "job_type", "analysis_config", "data_description", "results_index_name", "datafeed_config" }
            .Select(name => Put.Find("", name)! with { Use = FieldUse.Fixed, Required = false, Default = null }),
        .. Put.In("analysis_config").Where(field => field.Name is "bucket_span" or "influencers" or "latency" or "summary_count_field_name" or "time_zone"
                or "multivariate_by_fields" or "categorization_field_name" or "categorization_analyzer")
            .Select(field => field with { Path = field.Name, Use = FieldUse.Fixed, Default = null }),
        .. Generated,
    ]);

    private static ImmutableArray<JobField> Rules(string detectors) =>
    [
        new(detectors + ".custom_rules[].actions", FieldType.Texts, "skip_result", "What a rule does: `skip_result`, `skip_model_update`, or both."),
        new(detectors + ".custom_rules[].conditions", FieldType.Objects, null, "When: all of them must hold; at least one, or a scope."),
        new(detectors + ".custom_rules[].conditions[].applies_to", FieldType.Text, null,
            "What is compared: the value, what was expected, the distance of the two, or the start of the bucket in epoch seconds.")
            { Required = true, Choices = [.. RuleNames.AppliesTo.Keys] },
        new(detectors + ".custom_rules[].conditions[].operator", FieldType.Text, null, "How: greater than, or equal; less than, or equal.")
            { Required = true, Choices = [.. RuleNames.Operators.Keys] },
        new(detectors + ".custom_rules[].conditions[].value", FieldType.Number, null, "With what number.") { Required = true },
        new(detectors + ".custom_rules[].scope", FieldType.Custom, null,
            "For which series: by, over or partition fields of the detector, each with the `filter_id` of a filter, which must exist when the job is opened, " +
            "and a `filter_type`, `include` or `exclude`."),
    ];

    private static ImmutableArray<JobField> PerPartition(string analysis) =>
    [
        new(analysis + "per_partition_categorization.enabled", FieldType.Boolean, "false",
            "Needs one and the same partition field wherever one is used, and one beside every `mlcategory`. Set when the job is created."),
        new(analysis + "per_partition_categorization.stop_on_warn", FieldType.Boolean, "false",
            "Whether partitions whose texts turn out not to be fit for categories are left alone from then on. An open job obeys a change at once."),
    ];

    private static ImmutableArray<JobField> ModelPlot =>
    [
        new("model_plot_config.enabled", FieldType.Boolean, "false", "Whether the values of all series and the models' bounds are stored with every bucket."),
        new("model_plot_config.annotations_enabled", FieldType.Boolean, "as `enabled` where that is given, else true",
            "Whether lasting changes of the level of a series are noted as annotations. An open job obeys a change at once."),
        new("model_plot_config.terms", FieldType.Text, "all series",
            "Only series with one of these partition, by or over values are stored; separated by commas."),
    ];

    private static ImmutableArray<JobField> Generated =>
    [
        new("job_version", FieldType.Text, null, "Version of the server that created the job.") { Use = FieldUse.Generated },
        new("create_time", FieldType.Integer, null, "When the job was created, milliseconds since 1970.") { Use = FieldUse.Generated },
        new("finished_time", FieldType.Integer, null, "When the job was last closed, milliseconds since 1970.") { Use = FieldUse.Generated },
        new("model_snapshot_id", FieldType.Text, null, "The model snapshot that the next open starts from.") { Use = FieldUse.Generated },
        new("model_snapshot_min_version", FieldType.Text, null, "The oldest version that can read it.") { Use = FieldUse.Generated },
        new("blocked", FieldType.Custom, null, "Why the job cannot be worked on meanwhile.") { Use = FieldUse.Generated },
        new("deleting", FieldType.Boolean, null, "Whether the job is being deleted.") { Use = FieldUse.Generated },
    ];

    private static IEnumerable<JobField> Same(params string[] names) => names.Select(name => Put.Find("", name)! with { Default = null });
}
