using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Geography;
using MlActors.Analysis.Results;

namespace MlActors.Jobs.Results;

/// <summary>
/// Renders results as the JSON documents of the API, which is also how they are stored. Times become epoch milliseconds. A number that JSON cannot
/// hold (NaN, infinity) is left out together with its field.
/// </summary>
public static partial class ResultDocuments
{
    private static readonly string[] Common = ["job_id", "result_type", "timestamp", "bucket_span", "is_interim"];

    private static readonly FrozenSet<string> BucketFields = Fields(
        "anomaly_score", "initial_anomaly_score", "event_count", "processing_time_ms");

    private static readonly FrozenSet<string> RecordFields = Fields(
        "record_score", "initial_record_score", "alert_score", "probability", "multi_bucket_impact", "detector_index", "function", "function_description", "field_name",
        "by_field_name", "by_field_value", "over_field_name", "over_field_value", "partition_field_name", "partition_field_value", "typical", "actual");

    private static readonly FrozenSet<string> InfluencerFields = Fields(
        "influencer_score", "initial_influencer_score", "probability", "influencer_field_name", "influencer_field_value");

    // What the API gives a meaning: a data field of the same name does not appear at the top level.
    private static readonly FrozenSet<string> Reserved = BucketFields.Concat(RecordFields).Concat(InfluencerFields).Concat(
    [
        "timestamp_string", "bucket_influencers", "raw_anomaly_score", "records", "influencers", "scheduled_events", "correlated_by_field_value", "causes",
        "geo_results", "anomaly_score_explanation", "influencer_field_values", "category_id", "_id", "_index", "_source",
    ]).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> CategoryFields = Fields(
        "terms", "regex", "max_matching_length", "examples", "num_matches", "preferred_to_categories", "grok_pattern", "mlcategory");

    /// <summary>The fields by which results of a kind may be sorted. <c>typical</c> and <c>actual</c> sort by their first element.</summary>
    public static FrozenSet<string> SortFields(ResultKind kind) => kind switch
    {
        ResultKind.Bucket => BucketFields,
        ResultKind.Record => RecordFields,
        ResultKind.Influencer => InfluencerFields,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of result."),
    };

    /// <summary>The document of a bucket, without <c>processing_time_ms</c>, which is stored beside it.</summary>
    public static byte[] Bucket(string jobId, BucketResult bucket) => Render(json =>
    {
        WriteCommon(json, jobId, "bucket", bucket);
        json.WriteFinite("anomaly_score", bucket.AnomalyScore);
        json.WriteFinite("initial_anomaly_score", bucket.AnomalyScore);
        json.WriteFinite("alert_score", bucket.AlertScore);
        json.WriteNumber("event_count", bucket.EventCount);
        json.WriteStartArray("bucket_influencers");
        foreach (var influencer in bucket.BucketInfluencers)
        {
            json.WriteStartObject();
            WriteCommon(json, jobId, "bucket_influencer", bucket);
            json.WriteString("influencer_field_name", influencer.InfluencerFieldName);
            json.WriteFinite("initial_anomaly_score", influencer.AnomalyScore);
            json.WriteFinite("anomaly_score", influencer.AnomalyScore);
            json.WriteFinite("raw_anomaly_score", influencer.RawAnomalyScore);
            json.WriteFinite("probability", influencer.Probability);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (bucket.ScheduledEvents.Count > 0) json.WriteStrings("scheduled_events", bucket.ScheduledEvents);
    });

    public static byte[] Record(string jobId, BucketResult bucket, RecordResult record) => Render(json =>
    {
        WriteCommon(json, jobId, "record", bucket);
        json.WriteFinite("probability", record.Probability);
        json.WriteFinite("multi_bucket_impact", record.MultiBucketImpact);
        json.WriteFinite("record_score", record.RecordScore);
        json.WriteFinite("initial_record_score", record.RecordScore);
        json.WriteFinite("alert_score", record.AlertScore);
        json.WriteNumber("detector_index", record.DetectorIndex);
        WriteFacts(json, record, record.ByFieldValue, record.Typical, record.Actual);
        json.WriteGiven("correlated_by_field_value", record.CorrelatedByFieldValue);
        WriteCauses(json, record);
        if (record.Explanation is { } explanation) WriteExplanation(json, explanation);
        if (record.Influencers.Count > 0)
        {
            json.WriteStartArray("influencers");
            foreach (var influence in record.Influencers)
            {
                json.WriteStartObject();
                json.WriteString("influencer_field_name", influence.FieldName);
                json.WriteStrings("influencer_field_values", influence.FieldValues);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        foreach (var (name, values) in DataFields(record)) json.WriteStrings(name, values);
    });

    public static byte[] Influencer(string jobId, BucketResult bucket, InfluencerResult influencer) => Render(json =>
    {
        WriteCommon(json, jobId, "influencer", bucket);
        json.WriteString("influencer_field_name", influencer.FieldName);
        json.WriteString("influencer_field_value", influencer.FieldValue);
        json.WriteFinite("influencer_score", influencer.InfluencerScore);
        json.WriteFinite("initial_influencer_score", influencer.InfluencerScore);
        json.WriteFinite("probability", influencer.Probability);
        if (!Reserved.Contains(influencer.FieldName)) json.WriteString(influencer.FieldName, influencer.FieldValue);
    });

    public static byte[] Category(string jobId, CategoryDefinition category) => Render(json =>
    {
        json.WriteString("job_id", jobId);
        json.WriteString("result_type", "category_definition");
        json.WriteNumber("category_id", category.CategoryId);
        json.WriteString("mlcategory", category.CategoryId.ToString(CultureInfo.InvariantCulture));
        json.WriteGiven("partition_field_name", category.PartitionFieldName);
        json.WriteGiven("partition_field_value", category.PartitionFieldValue);
        json.WriteString("terms", category.Terms);
        json.WriteString("regex", category.Regex);
        json.WriteNumber("max_matching_length", category.MaxMatchingLength);
        json.WriteStrings("examples", category.Examples);
        json.WriteNumber("num_matches", category.Matches);
        json.WriteStartArray("preferred_to_categories");
        foreach (var other in category.PreferredTo) json.WriteNumberValue(other);
        json.WriteEndArray();
        if (category is { PartitionFieldName: { } name, PartitionFieldValue: { } value } && !Reserved.Contains(name) && !CategoryFields.Contains(name))
            json.WriteString(name, value);
    });

    private static FrozenSet<string> Fields(params string[] own) => Common.Concat(own).ToFrozenSet(StringComparer.Ordinal);

    private static byte[] Render(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteCommon(Utf8JsonWriter json, string jobId, string type, BucketResult bucket)
    {
        json.WriteString("job_id", jobId);
        json.WriteString("result_type", type);
        json.WriteNumber("timestamp", bucket.Timestamp * 1000);
        json.WriteNumber("bucket_span", bucket.BucketSpan);
        json.WriteBoolean("is_interim", bucket.IsInterim);
    }

    private static void WriteFacts(Utf8JsonWriter json, RecordResult record, string? byFieldValue, IReadOnlyList<double> typical, IReadOnlyList<double> actual)
    {
        json.WriteString("function", record.Function);
        json.WriteString("function_description", record.FunctionDescription);
        json.WriteGiven("field_name", record.FieldName);
        json.WriteGiven("by_field_name", record.ByFieldName);
        json.WriteGiven("by_field_value", byFieldValue);
        json.WriteGiven("over_field_name", record.OverFieldName);
        json.WriteGiven("over_field_value", record.OverFieldValue);
        json.WriteGiven("partition_field_name", record.PartitionFieldName);
        json.WriteGiven("partition_field_value", record.PartitionFieldValue);
        json.WriteFinite("typical", typical);
        json.WriteFinite("actual", actual);
        WritePoints(json, typical, actual);
    }

    // Only functions of places have two values.
    private static void WritePoints(Utf8JsonWriter json, IReadOnlyList<double> typical, IReadOnlyList<double> actual)
    {
        if (actual is not [var latitude, var longitude]) return;
        json.WriteStartObject("geo_results");
        json.WriteString("actual_point", GeoPoint.Of(latitude, longitude).ToString());
        if (typical is [var usualLatitude, var usualLongitude]) json.WriteString("typical_point", GeoPoint.Of(usualLatitude, usualLongitude).ToString());
        json.WriteEndObject();
    }

    private static void WriteCauses(Utf8JsonWriter json, RecordResult record)
    {
        if (record.Causes.Count == 0) return;
        json.WriteStartArray("causes");
        foreach (var cause in record.Causes)
        {
            json.WriteStartObject();
            json.WriteFinite("probability", cause.Probability);
            WriteFacts(json, record, cause.ByFieldValue, cause.Typical, cause.Actual);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteExplanation(Utf8JsonWriter json, ScoreExplanation explanation)
    {
        json.WriteStartObject("anomaly_score_explanation");
        json.WriteGiven("anomaly_type", explanation.AnomalyType);
        json.WriteNumber("single_bucket_impact", explanation.SingleBucketImpact);
        json.WriteNumber("multi_bucket_impact", explanation.MultiBucketImpact);
        json.WriteFinite("lower_confidence_bound", explanation.LowerConfidenceBound);
        json.WriteFinite("typical_value", explanation.TypicalValue);
        json.WriteFinite("upper_confidence_bound", explanation.UpperConfidenceBound);
        json.WriteEndObject();
    }

    /// <summary>The data fields a record speaks of under their own names, each value once, in the order by, over, partition, influencers.</summary>
    private static List<KeyValuePair<string, List<string>>> DataFields(RecordResult record)
    {
        var fields = new List<KeyValuePair<string, List<string>>>();
        Add(record.ByFieldName, record.ByFieldValue);
        Add(record.OverFieldName, record.OverFieldValue);
        Add(record.PartitionFieldName, record.PartitionFieldValue);
        foreach (var influence in record.Influencers)
            foreach (var value in influence.FieldValues)
                Add(influence.FieldName, value);
        return fields;

        void Add(string? name, string? value)
        {
            if (name is null || value is null || Reserved.Contains(name)) return;
            var position = fields.FindIndex(field => field.Key == name);
            if (position < 0) fields.Add(new(name, [value]));
            else if (!fields[position].Value.Contains(value, StringComparer.Ordinal)) fields[position].Value.Add(value);
        }
    }

    private static void WriteFinite(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
    }

    private static void WriteFinite(this Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        if (values.Count == 0 || !values.All(double.IsFinite)) return;
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void WriteGiven(this Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) json.WriteString(name, value);
    }

    private static void WriteStrings(this Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
