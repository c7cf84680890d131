using System.Runtime.CompilerServices;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Gateway.Tests.Serving;

/// <summary>
/// Stands in for the sources, which belong to another project. A datafeed on the index <c>missing</c> can never be read, one on <c>away</c> not now; all
/// others have one record for each second of the first minute of 1970.
/// </summary>
internal sealed class ScriptedSources : IDatafeedSources
{
    public IReadOnlyList<ConnectionInfo> Connections => [new("warehouse", "postgresql", "db:5432/metrics"), new("prom", "prometheus", "http://prom:9090")];

    public void Check(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        if (datafeed.Indices.IsEmpty && datafeed.Source is null) problems.Add("indices", "is required");
    }

    public IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job) => new Source(datafeed.Indices.FirstOrDefault() ?? "", job.ToSettings().Schema);

    public Task<string?> ProbeAsync(string connection, CancellationToken cancellation) =>
        Task.FromResult(connection == "prom" ? "the connection was refused" : null);

    private sealed class Source(string index, BatchSchema schema) : IDatafeedSource
    {
        public async IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await SummarizeAsync(range.FromMs, range.ToMs, cancellation);
            long[] times = [.. Enumerable.Range(0, 60).Select(second => (long)second).Where(second => second * 1000 >= range.FromMs && second * 1000 < range.ToMs)];
            if (times.Length == 0) yield break;
            var columns = schema.Fields.Select(field => field.Kind == FieldKind.Number
                ? Column.OfNumbers([.. times.Select(time => time == 1 ? double.NaN : time / 2.0)])
                : Column.OfText(new int[times.Length], ["web"]));
            yield return new SourcePage([new RecordBatch(schema, times.Length, times, [.. columns], default)], times.Length, (times[^1] * 1000) + 1);
        }

        public Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation) => index switch
        {
            "missing" => throw new SourceException("no such index [missing]", isPermanent: true) { IsMissing = true },
            "wrong" => throw new SourceException("[query] is wrong", isPermanent: true),
            "away" => throw new SourceException("connection refused"),
            _ => Task.FromResult<SourceSummary?>(new(60, 0, 59_000)),
        };

        public Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<SourceCount>?>(null);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
