using System.Globalization;
using System.Text.Json;

namespace MlActors.Datafeeds.Prometheus;

/// <summary>One series of an answer.</summary>
/// <param name="Labels">By name; without the empty ones.</param>
/// <param name="Points">Epoch milliseconds and value, in order.</param>
internal sealed record PrometheusSeries(IReadOnlyList<KeyValuePair<string, string>> Labels, IReadOnlyList<(long Ms, double Value)> Points);

/// <summary>What <c>query_range</c> answers.</summary>
internal sealed record PrometheusAnswer(IReadOnlyList<PrometheusSeries> Series, IReadOnlyList<string> Warnings)
{
    /// <exception cref="JsonException">It is no such answer; other exceptions of JSON too.</exception>
    public static PrometheusAnswer Read(JsonElement root)
    {
        var data = root.GetProperty("data");
        if (data.GetProperty("resultType").GetString() is not "matrix" and var other) throw new JsonException($"it gave a {other} and no matrix");
        return new(
            [.. data.GetProperty("result").EnumerateArray().Select(series => new PrometheusSeries(
                [.. series.GetProperty("metric").EnumerateObject().Select(label => KeyValuePair.Create(label.Name, label.Value.GetString()!))],
                // A series of native histograms has no values.
                series.TryGetProperty("values", out var values) ? [.. values.EnumerateArray().Select(Point)] : []))],
            root.TryGetProperty("warnings", out var warnings) ? [.. warnings.EnumerateArray().Select(warning => warning.GetString()!)] : []);
    }

    /// <summary>The server's own words in a refusal.</summary>
    public static string? ReasonOf(JsonElement root) => root.TryGetProperty("error", out var error) ? error.GetString() : null;

    // Seconds with at most three decimals, and a number in a text. What is no finite number is NaN, and dropped.
    private static (long Ms, double Value) Point(JsonElement point) => (
        (long)decimal.Round(point[0].GetDecimal() * 1000),
        double.TryParse(point[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : double.NaN);
}
