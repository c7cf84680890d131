using System.Data.Common;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Sql;

/// <summary>The rows of a user's SELECT, streamed in a transaction that cannot write.</summary>
internal sealed class SqlSource(SqlDatabase database, SqlSettings settings, JobConfig job, PageLimits limits) : IDatafeedSource
{
    public IAsyncEnumerable<SourcePage> ReadAsync(SourceRange range, CancellationToken cancellation) => range.FromMs >= range.ToMs
        ? AsyncEnumerable.Empty<SourcePage>()
        : Pages.ReadAsync(new SqlReading(database, settings, job, range, limits), database.Connection, cancellation);

    public async Task<SourceSummary?> SummarizeAsync(long fromMs, long toMs, CancellationToken cancellation)
    {
        var column = database.Quote(settings.TimeColumn);
        return fromMs >= toMs ? new SourceSummary(0, null, null) : await AskAsync($"SELECT count({column}), min({column}), max({column})", "", fromMs, toMs, async (reader, times, token) =>
        {
            await reader.ReadAsync(token);
            var records = reader.GetInt64(0);
            return records == 0 ? new SourceSummary(0, null, null) : new SourceSummary(records, TimeAt(reader, 1, times), TimeAt(reader, 2, times));
        }, cancellation);
    }

    public async Task<IReadOnlyList<SourceCount>?> CountAsync(long fromMs, long toMs, long spanMs, CancellationToken cancellation)
    {
        var column = database.Quote(settings.TimeColumn);
        return fromMs >= toMs ? [] : await AskAsync($"SELECT {column}, count(*)", $"GROUP BY {column}", fromMs, toMs, async (reader, times, token) =>
        {
            var counts = new SortedDictionary<long, long>();
            while (await reader.ReadAsync(token))
            {
                if (TimeAt(reader, 0, times) is not { } ms || ms < fromMs || ms >= toMs) continue;
                var start = ms - (((ms % spanMs) + spanMs) % spanMs);
                counts[start] = counts.GetValueOrDefault(start) + reader.GetInt64(1);
            }
            return counts.Select(pair => new SourceCount(pair.Key, pair.Value)).ToList();
        }, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> AskAsync<T>(string select, string group, long fromMs, long toMs, Func<DbDataReader, CellTimes, CancellationToken, Task<T>> read, CancellationToken cancellation) =>
        Deadline.KeepAsync(database.Connection, async token =>
        {
            await using var session = await database.OpenAsync(token);
            using var stop = session.StopWhen(token);
            await using var command = session.CreateCommand($"{select} FROM (\n{SqlStatement.Bare(settings.Sql)}\n) AS q {group}");
            SqlTimes.Add(command, database, settings, fromMs, toMs);
            await using var reader = await command.ExecuteReaderAsync(token);
            return await read(reader, new CellTimes(settings.Form ?? database.DefaultForm, job.DataDescription), token);
        }, database.Explain, cancellation);

    private long? TimeAt(DbDataReader reader, int column, CellTimes times) =>
        reader.IsDBNull(column) ? null : database.ReaderOf(reader, column).TimeOf(reader, column, times);
}
