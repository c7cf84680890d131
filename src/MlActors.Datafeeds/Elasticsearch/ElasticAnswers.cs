using System.Globalization;
using System.Text.Json;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>Reads what a search answers.</summary>
internal static class ElasticAnswers
{
    /// <summary>Refuses an answer that lacks a part: it would look like a time with less data.</summary>
    /// <exception cref="SourceException">A shard failed, or the search timed out.</exception>
    public static void CheckComplete(JsonElement answer)
    {
        if (answer.TryGetProperty("timed_out", out var late) && late.ValueKind == JsonValueKind.True) throw new SourceException("the search timed out at the server before it was complete");
        if (!answer.TryGetProperty("_shards", out var shards) || !shards.TryGetProperty("failed", out var failed) || failed.GetInt32() == 0) return;
        var reason = shards.TryGetProperty("failures", out var failures) && failures.GetArrayLength() > 0 ? ReasonOf(failures[0]) : null;
        throw new SourceException($"{failed.GetInt32()} shards failed, so the answer is not complete: {reason ?? "without a reason"}");
    }

    public static JsonElement Hits(JsonElement answer) => answer.GetProperty("hits").GetProperty("hits");

    /// <summary>Time of a hit, epoch milliseconds, rounded down.</summary>
    /// <exception cref="SourceException">It has none.</exception>
    public static long TimeOf(JsonElement hit, string timeField)
    {
        if (hit.TryGetProperty("fields", out var fields) && fields.TryGetProperty(timeField, out var values) && values.GetArrayLength() > 0)
        {
            // With a fraction when the field keeps nanoseconds.
            var text = values[0].ValueKind == JsonValueKind.String ? values[0].GetString()! : values[0].GetRawText();
            return (long)decimal.Floor(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        }
        throw new SourceException($"the documents have no doc values of the time field [{timeField}]: it must be mapped as a date", isPermanent: true);
    }

    /// <summary>The server's own words in a refusal: those of the cause, if it names one.</summary>
    public static string? ReasonOf(JsonElement root)
    {
        var error = root.TryGetProperty("error", out var inner) ? inner : root;
        if (error.ValueKind == JsonValueKind.String) return error.GetString();
        if (error.TryGetProperty("root_cause", out var causes) && causes.GetArrayLength() > 0) error = causes[0];
        if (error.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.Object) error = reason;
        return error.TryGetProperty("reason", out var said) ? said.GetString() : null;
    }
}
