using System.Globalization;
using System.Net;
using MlActors.Analysis.Input;
using MlActors.Datafeeds.Http;
using MlActors.Datafeeds.Paging;
using MlActors.Ingest;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Prometheus;

/// <summary>
/// One reading of a range: asked for in stretches of so many points that an answer is about a page, whatever the number of series; and never of more
/// points than a server gives for one series.
/// </summary>
internal sealed class PrometheusReading : IPageReader
{
    // The server refuses more than 11,000.
    private const int MaxPoints = 10_000;
    private const int FirstPoints = 60;

    // How much faster a stretch without data is passed each time.
    private const int Growth = 4;

    private const string Fix = "use fewer series: add them up in the query";

    private readonly HttpCaller _caller;
    private readonly PrometheusSettings _settings;
    private readonly SourceRange _range;
    private readonly PageLimits _limits;
    private readonly PageBuilder _page;
    private readonly Action<string> _warn;
    private readonly Queue<Point> _fetched = new();
    private long _next;
    private int _points;

    public PrometheusReading(HttpCaller caller, PrometheusSettings settings, JobConfig job, SourceRange range, PageLimits limits, Action<string> warn)
    {
        (_caller, _settings, _range, _limits, _warn) = (caller, settings, range, limits, warn);
        _page = new PageBuilder(new RowRecords(job.ToSettings().Schema, new RecordFormat(job.DataDescription.TimeField)), limits, Fix);
        _points = Math.Min(FirstPoints, limits.Records);
        // The first multiple of the step in the range. Before 1970 there is nothing.
        var from = Math.Max(0, range.FromMs);
        _next = (from + settings.StepMs - 1) / settings.StepMs * settings.StepMs;
    }

    public async Task<SourcePage?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (_fetched.TryPeek(out var point))
            {
                if (_page.EndsBefore(point.Ms)) return _page.Take(_range.FromMs);
                Add(_fetched.Dequeue());
            }
            if (_next >= _range.ToMs) return _page.Take(_range.FromMs);
            // All of a stretch's times are whole, so its end is a good place for a page to end.
            if (_page.EndsBefore(_next)) return _page.Take(_range.FromMs);
            await FetchAsync(cancellation);
        }
    }

    public SourceException? Explain(Exception cause) => _caller.Explain(cause, PrometheusAnswer.ReasonOf);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task FetchAsync(CancellationToken cancellation)
    {
        // The last multiple before the end, which the server takes too.
        var end = Math.Min(_next + ((_points - 1) * _settings.StepMs), (_range.ToMs - 1) / _settings.StepMs * _settings.StepMs);
        List<Point> points = [];
        try
        {
            foreach (var (field, query) in _settings.Queries) await AskAsync(query, _page.Record.IndexOf(field), end, points, cancellation);
        }
        catch (Exception cause) when (end > _next && cause is AnswerTooLargeException or HttpRefusal { Status: HttpStatusCode.UnprocessableEntity })
        {
            // 422 is also what it says when a query would load too much at once.
            _points = (int)(((end - _next) / _settings.StepMs) + 1) / 2;
            return;
        }
        // Sorting is stable, so what a series gave first stays first.
        foreach (var point in points.OrderBy(point => point.Ms)) _fetched.Enqueue(point);
        var taken = (int)(((end - _next) / _settings.StepMs) + 1);
        _points = points.Count == 0
            ? Math.Min(MaxPoints, _points * Growth)
            : (int)Math.Clamp((long)_limits.Records * taken / points.Count, 1, MaxPoints);
        _next = end + _settings.StepMs;
    }

    private async Task AskAsync(string query, int field, long end, List<Point> points, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("query", query),
            new("start", Seconds(_next)),
            new("end", Seconds(end)),
            new("step", Seconds(_settings.StepMs)),
        ]);
        using var document = await _caller.SendAsync(HttpMethod.Post, "api/v1/query_range", form, cancellation);
        var answer = PrometheusAnswer.Read(document.RootElement);
        foreach (var warning in answer.Warnings) _warn(warning);
        foreach (var series in answer.Series)
        {
            var labels = LabelsOf(series);
            foreach (var (ms, value) in series.Points)
                if (!double.IsNaN(value) && ms >= _range.FromMs && ms < _range.ToMs)
                    points.Add(new Point(ms, field, value, labels, series.Labels.Count));
        }
    }

    private (int Field, string Value)[] LabelsOf(PrometheusSeries series) =>
    [
        .. series.Labels
            .Where(label => _settings.LabelFields is not { } wanted || wanted.Contains(label.Key))
            .Select(label => (_page.Record.IndexOf(label.Key), label.Value))
            // The first field is the time, which no label can be.
            .Where(label => label.Item1 > 0),
    ];

    private void Add(in Point point)
    {
        foreach (var (field, value) in point.Labels) _page.Record.Set(field, value);
        if (point.Field > 0) _page.Record.Set(point.Field, point.Value);
        _page.Add(point.Ms, point.LabelCount + 1, 0);
    }

    private static string Seconds(long ms) => (ms / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    // Labels are those of the series, with the fields they go to.
    private readonly record struct Point(long Ms, int Field, double Value, (int Field, string Value)[] Labels, int LabelCount);
}
