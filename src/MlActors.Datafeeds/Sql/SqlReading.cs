using System.Data;
using System.Data.Common;
using System.Globalization;
using MlActors.Analysis.Input;
using MlActors.Datafeeds.Paging;
using MlActors.Ingest;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Sql;

/// <summary>One run of a statement over a range; its rows are taken from the database as pages are asked for.</summary>
internal sealed class SqlReading : IPageReader
{
    private const string Fix = "give them finer times, or add them up in the query";

    private readonly SqlDatabase _database;
    private readonly SqlSettings _settings;
    private readonly SourceRange _range;
    private readonly PageBuilder _page;
    private readonly CellTimes _times;
    private SqlSession? _session;
    private DbCommand? _command;
    private DbDataReader? _reader;
    private SqlColumns? _columns;
    private bool _hasRow;
    private bool _ended;

    public SqlReading(SqlDatabase database, SqlSettings settings, JobConfig job, SourceRange range, PageLimits limits)
    {
        (_database, _settings, _range) = (database, settings, range);
        _times = new CellTimes(settings.Form ?? database.DefaultForm, job.DataDescription);
        _page = new PageBuilder(new RowRecords(job.ToSettings().Schema, new RecordFormat(job.DataDescription.TimeField, job.DataDescription.TimeFormat)), limits, Fix);
    }

    public async Task<SourcePage?> NextAsync(CancellationToken cancellation)
    {
        if (_ended) return null;
        _session ??= await _database.OpenAsync(cancellation);
        using var stop = _session.StopWhen(cancellation);
        if (_reader is null) await StartAsync(_session, cancellation);
        while (_hasRow || await MoveAsync(cancellation))
        {
            var bytes = 0L;
            if (_columns!.TimeOf(_reader!, _times) is not { } ms)
            {
                _page.AddUndated(_columns.Count - 1, bytes);
            }
            else if (ms >= _range.FromMs)
            {
                if (ms < _page.Newest) throw OutOfOrder(ms);
                if (ms >= _range.ToMs) break;
                if (_page.EndsBefore(ms)) return _page.Take(_range.FromMs);
                _columns.Copy(_reader!, _page.Record);
                _page.Add(ms, _columns.Count - 1, bytes);
            }
            _hasRow = false;
        }
        _ended = true;
        return _page.Take(_range.FromMs);
    }

    public SourceException? Explain(Exception cause) => _database.Explain(cause);

    public async ValueTask DisposeAsync()
    {
        // Without this a driver would read the rest of the rows to get rid of them.
        if (_command is not null && !_ended) await Quietly(() => new(Task.Run(_command.Cancel)));
        if (_reader is not null) await Quietly(_reader.DisposeAsync);
        if (_command is not null) await Quietly(_command.DisposeAsync);
        if (_session is not null) await Quietly(_session.DisposeAsync);
    }

    private async Task StartAsync(SqlSession session, CancellationToken cancellation)
    {
        _command = session.CreateCommand(_settings.Sql);
        SqlTimes.Add(_command, _database, _settings, _range.FromMs, _range.ToMs);
        _reader = await _command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellation);
        _columns = new SqlColumns(_database, _reader, _page.Record.Fields, _settings.TimeColumn);
    }

    // Most rows are in memory already, and then there is nothing to wait for.
    private ValueTask<bool> MoveAsync(CancellationToken cancellation)
    {
        var read = _reader!.ReadAsync(cancellation);
        return read.IsCompletedSuccessfully ? new(_hasRow = read.Result) : new(Finish(read));

        async Task<bool> Finish(Task<bool> reading) => _hasRow = await reading;
    }

    private SourceException OutOfOrder(long ms) => new(string.Create(CultureInfo.InvariantCulture,
        $"the query gives rows out of order: {TimeText.Iso(ms)} after {TimeText.Iso(_page.Newest)} in the column [{_settings.TimeColumn}]: end it with ORDER BY {_settings.TimeColumn}"),
        isPermanent: true);

    // What goes wrong while a reading is given up, perhaps because the server is gone, helps nobody.
    private static async Task Quietly(Func<ValueTask> dispose)
    {
        try
        {
            await dispose();
        }
        catch (Exception cause) when (cause is DbException or InvalidOperationException or IOException or OperationCanceledException)
        {
        }
    }
}
