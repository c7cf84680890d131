using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlActors.Analysis.Input;
using MlActors.Datafeeds.Http;
using MlActors.Datafeeds.Paging;
using MlActors.Ingest;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>
/// One reading of documents. Each search asks for the earliest documents that are not read yet; those of the last time of a full answer are left for the
/// next, as there may be more of them. So a time is all that has to be remembered. Only when one time fills an answer by itself are its documents gone
/// through in a point in time.
/// </summary>
internal sealed class ElasticDocuments(HttpCaller caller, ElasticSettings settings, JobConfig job, SourceRange range, PageLimits limits) : IPageReader
{
    // index.max_result_window, if it was not changed.
    private const int LargestSearch = 10_000;

    private readonly ElasticSearches _searches = new(caller, settings);
    private readonly DocumentRecords _records = new(job.ToSettings().Schema, new RecordFormat(job.DataDescription.TimeField));
    private readonly string[] _fields = [.. new RowRecords(job.ToSettings().Schema, new RecordFormat(job.DataDescription.TimeField)).Fields];
    private readonly ArrayBufferWriter<byte> _json = new();
    private List<RecordBatch> _batches = [];
    private long _count;
    private long _next = range.FromMs;
    private int _size = settings.Size;
    private bool _ended;

    public async Task<SourcePage?> NextAsync(CancellationToken cancellation)
    {
        while (!_ended && _next < range.ToMs && _count == 0) await SearchAsync(cancellation);
        if (_count == 0) return null;
        if (!_records.IsEmpty) _batches.Add(_records.Cut());
        var page = new SourcePage(_batches, _count, Math.Min(_next, range.ToMs));
        (_batches, _count) = ([], 0);
        return page;
    }

    public SourceException? Explain(Exception cause) => caller.Explain(cause, ElasticAnswers.ReasonOf);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task SearchAsync(CancellationToken cancellation)
    {
        using var answer = await _searches.DocumentsAsync(_next, range.ToMs, _size, _fields, cancellation);
        var hits = ElasticAnswers.Hits(answer.RootElement);
        var times = hits.EnumerateArray().Select(hit => ElasticAnswers.TimeOf(hit, settings.TimeField)).ToArray();
        if (times.Length < _size)
        {
            // There are no more; what a page promises still ends with its last document.
            Add(hits, times, before: long.MaxValue);
            _ended = true;
            if (times.Length > 0) _next = times[^1] + 1;
        }
        else if (times[0] < times[^1])
        {
            Add(hits, times, before: times[^1]);
            (_next, _size) = (times[^1], settings.Size);
        }
        else if (_size < LargestSearch)
        {
            _size = Math.Min(LargestSearch, _size * 4);
        }
        else
        {
            await ReadCrowdAsync(times[0], cancellation);
            (_next, _size) = (times[0] + 1, settings.Size);
        }
    }

    private async Task ReadCrowdAsync(long time, CancellationToken cancellation)
    {
        var pointInTime = await OpenAsync(time, cancellation);
        try
        {
            for (JsonNode? after = null; ;)
            {
                using var answer = await _searches.DocumentsAsync(pointInTime, after, time, time + 1, LargestSearch, _fields, cancellation);
                var hits = ElasticAnswers.Hits(answer.RootElement);
                var count = hits.GetArrayLength();
                Add(hits, [.. Enumerable.Repeat(time, count)], before: long.MaxValue);
                if (count < LargestSearch) return;
                after = JsonNode.Parse(hits[count - 1].GetProperty("sort").GetRawText());
                if (_count < limits.MostRecords && _batches.Count < limits.MostBatches) continue;
                throw new SourceException($"more than {_count} documents have the time {TimeText.Iso(time)}: give them finer times, or use [aggregations]", isPermanent: true);
            }
        }
        finally
        {
            await CloseAsync(pointInTime);
        }
    }

    private async Task<string> OpenAsync(long time, CancellationToken cancellation)
    {
        try
        {
            return await _searches.OpenPointInTimeAsync(cancellation);
        }
        catch (HttpRefusal refusal) when ((int)refusal.Status is 400 or 404 or 405)
        {
            throw new SourceException($"more than {LargestSearch} documents have the time {TimeText.Iso(time)}, and the server has no points in time to go through them: use [aggregations]",
                isPermanent: true, refusal);
        }
    }

    // If it cannot be closed, it expires.
    private async Task CloseAsync(string pointInTime)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await _searches.ClosePointInTimeAsync(pointInTime, patience.Token);
        }
        catch (Exception cause) when (cause is HttpRefusal or HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
        }
    }

    private void Add(JsonElement hits, long[] times, long before)
    {
        foreach (var (i, hit) in hits.EnumerateArray().Index())
        {
            if (times[i] >= before) return;
            if (_records.IsFull) _batches.Add(_records.Cut());
            _records.TryAdd(RecordOf(hit), times[i]);
            _count++;
        }
    }

    // What the document holds, and what the server made of it.
    private ReadOnlySpan<byte> RecordOf(JsonElement hit)
    {
        _json.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_json);
        writer.WriteStartObject();
        var made = hit.TryGetProperty("fields", out var fields) ? fields : default;
        if (hit.TryGetProperty("_source", out var source) && source.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in source.EnumerateObject())
                if (made.ValueKind != JsonValueKind.Object || !made.TryGetProperty(field.Name, out _))
                    field.WriteTo(writer);
        }
        if (made.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in made.EnumerateObject())
                if (field.Name != settings.TimeField)
                    field.WriteTo(writer);
        }
        writer.WriteEndObject();
        writer.Flush();
        return _json.WrittenSpan;
    }
}
