using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlActors.Analysis;
using MlActors.Analysis.Results;

namespace MlActors.Node.Detecting;

/// <summary>
/// Writes one line for each bucket and series, as CSV or as NDJSON. The columns that name the series are there when the job splits the data;
/// <c>detector</c> when it has several.
/// </summary>
internal abstract class PointWriter(Stream output, AnalysisSettings settings) : IResultSink, IDisposable
{
    private const int FlushAt = 1 << 16;

    private const int LongestNumber = 32;
    private const long SecondsOfDay = 86_400;

    private readonly byte[] _time = new byte["2024-02-29T12:00:00Z".Length];
    private long _day = long.MinValue;
    private byte[] _bytes = new byte[FlushAt * 2];
    private int _used;

    public bool WantsPoints => true;

    protected bool HasDetectors { get; } = settings.Detectors.Length > 1;

    protected bool HasPartitions { get; } = settings.Detectors.Any(detector => detector.PartitionFieldName is not null);

    protected bool HasBys { get; } = settings.Detectors.Any(detector => detector.ByFieldName is not null);

    protected bool HasOvers { get; } = settings.Detectors.Any(detector => detector.OverFieldName is not null);

    protected AnalysisSettings Settings { get; } = settings;

    /// <summary>The writer for a file, by how its name ends.</summary>
    public static PointWriter Create(string path, AnalysisSettings settings)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return IsJson(path) ? new JsonPointWriter(file, settings) : new CsvPointWriter(file, settings);
    }

    /// <summary>Whether a file of this name gets a known form at all.</summary>
    public static bool Knows(string path) => IsJson(path) || path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    public void Add(BucketResult bucket, List<SeriesPoint> points)
    {
        foreach (ref readonly var point in CollectionsMarshal.AsSpan(points)) Write(point);
        if (_used >= FlushAt) Flush();
    }

    public void Complete() => Flush();

    public void Dispose() => output.Dispose();

    protected abstract void Write(in SeriesPoint point);

    protected void Put(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Room(utf8.Length));
        _used += utf8.Length;
    }

    // The shortest text that reads back as the same number.
    protected void Put(double number)
    {
        if (!Utf8Formatter.TryFormat(number, Room(LongestNumber), out var length)) throw new InvalidOperationException("a number needs more room");
        _used += length;
    }

    // The day is written once and copied; a long file has few of them for its lines.
    protected void PutTime(long seconds)
    {
        var (day, second) = (BucketTime.Floor(seconds, SecondsOfDay), (int)(seconds - BucketTime.Floor(seconds, SecondsOfDay)));
        if (day != _day)
        {
            DateTimeOffset.FromUnixTimeSeconds(day).UtcDateTime.TryFormat(_time, out _, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            _day = day;
        }
        TwoDigits(11, second / 3600);
        TwoDigits(14, second / 60 % 60);
        TwoDigits(17, second % 60);
        Put(_time);
    }

    private void TwoDigits(int at, int number) => (_time[at], _time[at + 1]) = ((byte)('0' + (number / 10)), (byte)('0' + (number % 10)));

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _used < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes));
        return _bytes.AsSpan(_used);
    }

    private void Flush()
    {
        output.Write(_bytes.AsSpan(0, _used));
        _used = 0;
    }

    private static bool IsJson(string path) =>
        path.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What is not known is an empty cell; a place is one cell, <c>"latitude,longitude"</c>.</summary>
internal sealed class CsvPointWriter : PointWriter
{
    private readonly Dictionary<SeriesName, byte[]> _names = [];

    public CsvPointWriter(Stream output, AnalysisSettings settings)
        : base(output, settings)
    {
        Put("timestamp"u8);
        if (HasDetectors) Put(",detector"u8);
        if (HasPartitions) Put(",partition"u8);
        if (HasBys) Put(",by"u8);
        if (HasOvers) Put(",over"u8);
        Put(",actual,typical,lower,upper,probability,record_score,anomaly_score,alert_score\n"u8);
    }

    protected override void Write(in SeriesPoint point)
    {
        PutTime(point.Time);
        if (HasDetectors || HasPartitions || HasBys || HasOvers) Put(NameOf(point.Series));
        Cell(point.Actual, point.ActualLongitude);
        Cell(point.Typical, point.TypicalLongitude);
        Cell(point.Lower);
        Cell(point.Upper);
        Cell(point.Probability);
        Cell(point.RecordScore);
        Cell(point.AnomalyScore);
        Cell(point.AlertScore);
        Put("\n"u8);
    }

    private void Cell(double number, double longitude)
    {
        if (double.IsNaN(longitude))
        {
            Cell(number);
            return;
        }
        Put(",\""u8);
        Put(number);
        Put(","u8);
        Put(longitude);
        Put("\""u8);
    }

    private void Cell(double number)
    {
        Put(","u8);
        if (!double.IsNaN(number)) Put(number);
    }

    private byte[] NameOf(SeriesName series)
    {
        if (_names.TryGetValue(series, out var known)) return known;
        var text = new StringBuilder();
        var detector = Settings.Detectors[series.Detector];
        if (HasDetectors) text.Append(',').Append(Quoted(detector.FieldName is null ? detector.Function.Name : $"{detector.Function.Name}({detector.FieldName})"));
        if (HasPartitions) text.Append(',').Append(Quoted(series.Partition));
        if (HasBys) text.Append(',').Append(Quoted(series.By));
        if (HasOvers) text.Append(',').Append(Quoted(series.Over));
        return _names[series] = Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>What is not known is <c>null</c>; a place is an array of latitude and longitude.</summary>
internal sealed class JsonPointWriter(Stream output, AnalysisSettings settings) : PointWriter(output, settings)
{
    private readonly Dictionary<SeriesName, byte[]> _names = [];

    protected override void Write(in SeriesPoint point)
    {
        Put("{\"timestamp\":\""u8);
        PutTime(point.Time);
        Put("\""u8);
        Put(NameOf(point.Series));
        Field(",\"actual\":"u8, point.Actual, point.ActualLongitude);
        Field(",\"typical\":"u8, point.Typical, point.TypicalLongitude);
        Field(",\"lower\":"u8, point.Lower);
        Field(",\"upper\":"u8, point.Upper);
        Field(",\"probability\":"u8, point.Probability);
        Field(",\"record_score\":"u8, point.RecordScore);
        Field(",\"anomaly_score\":"u8, point.AnomalyScore);
        Field(",\"alert_score\":"u8, point.AlertScore);
        Put("}\n"u8);
    }

    private void Field(ReadOnlySpan<byte> name, double number, double longitude)
    {
        if (double.IsNaN(longitude))
        {
            Field(name, number);
            return;
        }
        Put(name);
        Put("["u8);
        Put(number);
        Put(","u8);
        Put(longitude);
        Put("]"u8);
    }

    private void Field(ReadOnlySpan<byte> name, double number)
    {
        Put(name);
        if (double.IsNaN(number)) Put("null"u8);
        else Put(number);
    }

    private byte[] NameOf(SeriesName series)
    {
        if (_names.TryGetValue(series, out var known)) return known;
        var text = new StringBuilder();
        var detector = Settings.Detectors[series.Detector];
        if (HasDetectors) Name("detector", detector.FieldName is null ? detector.Function.Name : $"{detector.Function.Name}({detector.FieldName})");
        if (HasPartitions) Name("partition", series.Partition);
        if (HasBys) Name("by", series.By);
        if (HasOvers) Name("over", series.Over);
        return _names[series] = Encoding.UTF8.GetBytes(text.ToString());

        void Name(string name, string value) => text.Append(",\"").Append(name).Append("\":\"").Append(JsonEncodedText.Encode(value, JavaScriptEncoder.Default)).Append('"');
    }
}
