using MlActors.Jobs.Configuration.Fields;

namespace MlActors.Jobs.Datafeeds;

/// <summary>The fields of a datafeed.</summary>
public static class DatafeedFields
{
    public static FieldTable All { get; } = new(
    [
        new("datafeed_id", FieldType.Text, "the id in the address; inside a job, the id of the job", "If sent, the id in the address."),
        new("job_id", FieldType.Text, null, "The job that it feeds; a job has one datafeed at most."),
        new("indices", FieldType.Texts, null, "Names of indices, also with `*`: the server's own documents, or those of an Elasticsearch connection."),
        new("indexes", FieldType.Texts, null, "Another name of `indices`."),
        new("query", FieldType.Custom, "everything", "Which documents, in the query language of the API."),
        new("aggregations", FieldType.Custom, null, "Has the source add up the documents first; the job needs a `summary_count_field_name`."),
        new("aggs", FieldType.Custom, null, "Another name of `aggregations`."),
        new("source", FieldType.Custom, "the server's own documents",
            "Another source: the name of a `connection` of the server's configuration, and what that kind of source needs."),
        new("query_delay", FieldType.Duration, "60s to 120s, by the id of the job", "How long after its time data may still come."),
        new("frequency", FieldType.Duration, "by the bucket span", "How often it looks for new data in real time; whole seconds."),
        new("scroll_size", FieldType.Integer, "1000", "Records that are read at once; left at its default, as many as suit the source."),
        new("chunking_config", FieldType.Object, "auto", "In which stretches of time past data is read."),
        new("chunking_config.mode", FieldType.Text, null, "`auto` as it suits the source, `manual`, or `off`.") { Required = true, Choices = ["auto", "manual", "off"] },
        new("chunking_config.time_span", FieldType.Duration, null, "The stretch, with `manual` only."),
        new("max_empty_searches", FieldType.Integer, "no limit",
            "A datafeed that never found anything stops and closes its job after so many looks in real time that found nothing; -1 for no limit.") { Nullable = true },
        new("delayed_data_check_config", FieldType.Object, "enabled", "Whether data that came too late is looked for."),
        new("delayed_data_check_config.enabled", FieldType.Boolean, "true", "Whether it is."),
        new("delayed_data_check_config.check_window", FieldType.Duration, "2h or 8 bucket spans, whichever is longer", "How far back.") { Nullable = true },
        new("delayed_data_check_config.heal", FieldType.Boolean, "false", "Whether the model goes back to before it and the data from there on is read again."),
        new("indices_options", FieldType.Custom, "strict", "Accepted; what is missing is always said."),
        new("runtime_mappings", FieldType.Custom, "none", "Fields that the source computes; Elasticsearch connections only."),
        new("script_fields", FieldType.Custom, "none", "Fields that the source computes; Elasticsearch connections only."),
        new("authorization", FieldType.Custom, null, "Who created it.") { Use = FieldUse.Generated },
        new("create_time", FieldType.Integer, null, "When it was created.") { Use = FieldUse.Generated },
    ]);
}
