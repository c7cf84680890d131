using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;

namespace MlActors.Node.Detecting;

/// <summary>Writes the report: the page of <c>report.html</c> with its data in it.</summary>
internal static class ReportPage
{
    private const int MostAnomalies = 500;

    // Six digits are more than a drawing shows.
    private const int Digits = 6;

    private static ReadOnlySpan<byte> DataMark => "{\"data\":0}"u8;

    public static void Write(Stream output, ReportData data, Anomalies anomalies, JobConfig config, DataCounts counts, string input)
    {
        using var resource = typeof(ReportPage).Assembly.GetManifestResourceStream("report.html")!;
        var page = new byte[resource.Length];
        resource.ReadExactly(page);
        var mark = page.AsSpan().IndexOf(DataMark);
        output.Write(page.AsSpan(0, mark));
        // The default encoder leaves no < in texts, so nothing of the data can end the script element.
        using (var json = new Utf8JsonWriter(output)) WriteData(json, data, anomalies, config, counts, input);
        output.Write(page.AsSpan(mark + DataMark.Length));
    }

    private static void WriteData(Utf8JsonWriter json, ReportData data, Anomalies anomalies, JobConfig config, DataCounts counts, string input)
    {
        var series = data.Series();
        json.WriteStartObject();
        json.WriteString("input", input is "standard input" ? input : Path.GetFileName(input));
        json.WriteNumber("records", counts.ProcessedRecords);
        json.WriteString("bucketSpan", config.AnalysisConfig.BucketSpan);
        json.WriteNumber("span", data.Settings.BucketSpan);
        json.WriteNumber("start", data.Start ?? 0);
        json.WriteNumber("end", data.End);
        json.WriteNumber("seriesCount", data.SeriesCount);
        json.WriteNumber("anomalyCount", anomalies.Count);
        WriteLanes(json, data);
        json.WriteStartArray("series");
        foreach (var (name, drawn) in series) WriteSeries(json, name.Show(data.Settings), drawn);
        json.WriteEndArray();
        WriteAnomalies(json, data, anomalies, [.. series.Select(one => one.Name)]);
        json.WriteEndObject();
    }

    private static void WriteLanes(Utf8JsonWriter json, ReportData data)
    {
        var lanes = data.Lanes(out var shift, out var width);
        var cells = (int)Math.Clamp((data.End - (data.Start ?? 0) + width - 1) / width, 1, ScoreLane.MostCells);
        json.WriteNumber("laneWidth", width);
        json.WriteStartArray("lanes");
        foreach (var (name, lane) in lanes)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteStartArray("scores");
            foreach (var score in lane.At(shift)[..cells]) json.WriteNumberValue(Math.Round(score, 1));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteSeries(Utf8JsonWriter json, string name, DrawnSeries drawn)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        var points = drawn.Stretches.SelectMany(stretch => Points(stretch)).ToArray();
        Array("t", points.Select(point => (double)point.Time));
        Array("v", points.Select(point => point.Value));
        // Most series have no bounds most of the time.
        if (points.Any(point => !double.IsNaN(point.Lower) || !double.IsNaN(point.Upper)))
        {
            Array("lower", points.Select(point => point.Lower));
            Array("upper", points.Select(point => point.Upper));
        }
        json.WriteEndObject();

        void Array(string field, IEnumerable<double> values)
        {
            json.WriteStartArray(field);
            foreach (var value in values) Number(json, value);
            json.WriteEndArray();
        }

        static IEnumerable<(long Time, double Value, double Lower, double Upper)> Points(DrawnSeries.Stretch stretch)
        {
            var (low, high) = ((stretch.LowTime, stretch.Low, stretch.Lower, stretch.Upper), (stretch.HighTime, stretch.High, stretch.Lower, stretch.Upper));
            if (stretch.LowTime == stretch.HighTime) return [low];
            return stretch.LowTime < stretch.HighTime ? [low, high] : [high, low];
        }
    }

    private static void WriteAnomalies(Utf8JsonWriter json, ReportData data, Anomalies anomalies, List<SeriesName> drawn)
    {
        json.WriteStartArray("anomalies");
        foreach (var anomaly in anomalies.Worst(MostAnomalies))
        {
            var point = anomaly.Worst;
            json.WriteStartObject();
            json.WriteNumber("series", drawn.IndexOf(point.Series));
            json.WriteString("name", point.Series.Show(data.Settings));
            json.WriteNumber("t", point.Time);
            json.WriteNumber("score", Math.Round(point.RecordScore, 1));
            json.WriteNumber("alert", Math.Round(anomaly.Alert, 1));
            json.WriteNumber("buckets", anomaly.Buckets);
            json.WriteString("what", anomaly.What(data.Settings));
            foreach (var (name, value) in new[] { ("actual", point.Actual), ("typical", point.Typical), ("lower", point.Lower), ("upper", point.Upper), ("probability", point.Probability),
                ("actual_longitude", point.ActualLongitude), ("typical_longitude", point.TypicalLongitude) })
            {
                json.WritePropertyName(name);
                Number(json, value);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, double value)
    {
        if (!double.IsFinite(value)) json.WriteNullValue();
        else if (value == Math.Floor(value) && Math.Abs(value) < 1e15) json.WriteNumberValue((long)value);
        else if (Math.Abs(value) is < 1e-9 or > 1e15) json.WriteNumberValue(value);
        else json.WriteNumberValue(Math.Round(value, Math.Clamp(Digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 15)));
    }
}
