using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Gateway.Api;
using MlActors.Gateway.Security;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Jobs;

/// <summary>The batches that made a job's analysis fail and were set aside, so that the job can go on without them and they are not lost.</summary>
public static class QuarantineEndpoint
{
    private static readonly Parameter<bool> IncludeRecords =
        Parameters.Boolean("include_records", false, ParameterPlace.Query, "Adds the records of the batches, as far as the job reads their fields.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_quarantine", ["GET"], ["/_ml/anomaly_detectors/{job_id}/_quarantine"], Privileges.MonitorMl, "cluster:monitor/xpack/ml/job/quarantine/get",
            "The batches on which the analysis of the job failed and which were set aside.", AnswerAsync)
        {
            Origin = EndpointOrigin.Extension,
            Parameters = [IncludeRecords],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var config = (await call.RequireJobAsync()).Config;
        var inputs = await call.Services.Store.ReadQuarantineAsync(call.JobId);
        return ApiResult.Stream(async output =>
        {
            output.Json.WriteStartObject();
            output.Json.WriteNumber("count", inputs.Count);
            output.Json.WriteStartArray("batches");
            foreach (var input in inputs)
            {
                Write(output.Json, input, config.ToSettings().Schema, config.DataDescription.TimeField, call.Get(IncludeRecords));
                await output.FlushIfFullAsync(call.Aborted);
            }
            output.Json.WriteEndArray();
            output.Json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, QuarantinedInput input, BatchSchema schema, string timeField, bool includeRecords)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", input.Seq);
        json.WriteString("kind", input.Kind.ToString().ToLowerInvariant());
        json.WriteString("reason", input.Reason);
        json.WriteNumber("time", input.TimeMs);
        json.WriteNumber("bytes", input.Payload.Length);
        if (TryDecode(input, schema) is RecordsInput { Batch: var batch })
        {
            json.WriteNumber("record_count", batch.Count);
            if (includeRecords) WriteRecords(json, batch, timeField);
        }
        json.WriteEndObject();
    }

    // A batch may be here because it cannot be read.
    private static AnalysisInput? TryDecode(QuarantinedInput input, BatchSchema schema)
    {
        try
        {
            return InputCodec.Decode(input.Payload, schema);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void WriteRecords(Utf8JsonWriter json, RecordBatch batch, string timeField)
    {
        json.WriteStartArray("records");
        for (var record = 0; record < batch.Count; record++)
        {
            json.WriteStartObject();
            json.WriteNumber(timeField, batch.Times[record] * 1000);
            for (var field = 0; field < batch.Columns.Length; field++)
            {
                var (name, kind) = (batch.Schema.Fields[field].Name, batch.Schema.Fields[field].Kind);
                // A field read in several ways is one field of the record: a number where it is one, the whole text rather than only points.
                var hasBetter = kind != FieldKind.Number && (batch.Schema.IndexOf(name, FieldKind.Number) >= 0
                    || (kind == FieldKind.Point && batch.Schema.IndexOf(name, FieldKind.Text) >= 0));
                if (!hasBetter) WriteValue(json, name, batch.Columns[field], record);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, Column column, int record)
    {
        if (column.Numbers is { } numbers && double.IsFinite(numbers[record])) json.WriteNumber(name, numbers[record]);
        else if (column.Codes is { } codes && codes[record] >= 0) json.WriteString(name, column.Dictionary![codes[record]]);
    }
}
