using System.Runtime.CompilerServices;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Jobs.Tests.Datafeeds;

/// <summary>What all datafeeds of a test read: records in memory, which can fail, wait and grow.</summary>
public sealed class ScriptedSource(BatchSchema schema) : IDatafeedSources
{
    private readonly Lock _lock = new();
    private List<Row> _rows = [];

    /// <summary>A record with the two fields of the harness' jobs.</summary>
    public sealed record Row(long TimeMs, double Value, string Host);

    /// <summary>Records of a page, at least; a page holds all records of its newest time.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>Called before each page with the number of the page since the source was made; may throw or wait.</summary>
    public Func<int, CancellationToken, Task> BeforePage { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Called after each page was given.</summary>
    public Action<int> AfterPage { get; set; } = _ => { };

    public List<SourceRange> Ranges { get; } = [];

    /// <summary>What records are said to stand for.</summary>
    public long GrainMs { get; set; } = 1;

    /// <summary>Records that are counted and never given, as those that a query leaves out.</summary>
    public List<Row> CountedOnly { get; } = [];

    private int _pages;

    public void Add(params IEnumerable<Row> rows)
    {
        lock (_lock) _rows = [.. _rows.Concat(rows).OrderBy(row => row.TimeMs)];
    }

    public void Remove(Func<Row, bool> which)
    {
        lock (_lock) _rows = [.. _rows.Where(row => !which(row))];
    }

    public void Check(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        if (datafeed.Indices.IsEmpty) problems.Add("indices", "is required");
    }

    public IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job) => new Opened(this);

    public IReadOnlyList<ConnectionInfo> Connections => [];

    public Task<string?> ProbeAsync(string connection, CancellationToken cancellation) => Task.FromResult<string?>(null);

    private List<Row> Between(long from, long to)
    {
        lock (_lock) return [.. _rows.Where(row => row.TimeMs >= from && row.TimeMs < to)];
    }

    private SourcePage Page(List<Row> rows)
    {
        var columns = schema.Fields.Select(field => field.Kind == FieldKind.Number
            ? Column.OfNumbers([.. rows.Select(row => row.Value)])
            : Texts([.. rows.Select(row => row.Host)])).ToArray();
        var batch = new RecordBatch(schema, rows.Count, [.. rows.Select(row => (long)Math.Floor(row.TimeMs / 1000.0))], columns, new InputCounts { InputFields = rows.Count * 2 });
        return new SourcePage([batch], rows.Count, rows[^1].TimeMs + 1);
    }

    private static Column Texts(string[] values)
    {
        var dictionary = values.Distinct().ToArray();
        return Column.OfText([.. values.Select(value => Array.IndexOf(dictionary, value))], dictionary);
    }

    private sealed class Opened(ScriptedSource all) : IDatafeedSource
    {
        public long GrainMs => all.GrainMs;

        public async IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, [EnumeratorCancellation] CancellationToken cancellation)
        {
            lock (all._lock) all.Ranges.Add(range);
            var rows = all.Between(range.FromMs, range.ToMs);
            for (var at = 0; at < rows.Count;)
            {
                var number = Interlocked.Increment(ref all._pages);
                await all.BeforePage(number, cancellation);
                var end = Math.Min(rows.Count, at + all.PageSize);
                while (end < rows.Count && rows[end].TimeMs == rows[end - 1].TimeMs) end++;
                yield return all.Page(rows[at..end]);
                all.AfterPage(number);
                at = end;
            }
            if (rows.Count == 0) await all.BeforePage(Interlocked.Increment(ref all._pages), cancellation);
        }

        public Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation)
        {
            var rows = all.Between(fromMs, toMs);
            return Task.FromResult<SourceSummary?>(new(rows.Count, rows.Count == 0 ? null : rows[0].TimeMs, rows.Count == 0 ? null : rows[^1].TimeMs));
        }

        public Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<SourceCount>?>(
            [.. all.Between(fromMs, toMs).Concat(all.CountedOnly.Where(row => row.TimeMs >= fromMs && row.TimeMs < toMs))
                .GroupBy(row => row.TimeMs / spanMs * spanMs).OrderBy(group => group.Key).Select(group => new SourceCount(group.Key, group.Count()))]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
