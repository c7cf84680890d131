using MlActors.Analysis.Input;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Files;

/// <summary>
/// One reading of files in the order of their names. It ends at the first record at or after the end of the range, or at the end of the last file; the
/// cursor says where, and with it the next reading goes on there, however late the records behind it are. Records before the time at which the first
/// reading began are left out.
/// </summary>
internal sealed class FileReading : IPageReader
{
    // A page that leaves out everything still ends after this many bytes or rows, so that they are never gone through again.
    private const long MostSkipped = 16 << 20;
    private const int RecordsBetweenLooks = 1024;

    private readonly FileConnection _connection;
    private readonly FileSettings _settings;
    private readonly BatchSchema _schema;
    private readonly SourceRange _range;
    private readonly PageLimits _limits;
    private readonly TimeProvider _clock;
    private readonly FileCursor? _from;
    private readonly long _sinceMs;
    private Queue<string>? _names;
    private List<RecordBatch> _batches = [];
    private RecordFile? _file;
    private FileCursor? _cursor;
    private long _count;
    private long _newestMs;
    private bool _ended;

    public FileReading(FileConnection connection, FileSettings settings, JobConfig job, SourceRange range, PageLimits limits, TimeProvider clock)
    {
        (_connection, _settings, _range, _limits, _clock) = (connection, settings, range, limits, clock);
        _schema = job.ToSettings().Schema;
        _from = FileCursor.Parse(range.Cursor, settings.Pattern);
        _cursor = _from;
        _sinceMs = _from?.SinceMs ?? range.FromMs;
        _newestMs = range.FromMs;
    }

    public async Task<SourcePage?> NextAsync(CancellationToken cancellation)
    {
        _names ??= new(FileSet.Find(_connection, _settings.Pattern).Where(name => _from is null || string.CompareOrdinal(name, _from.File) >= 0));
        while (!_ended)
        {
            if (_file is null)
            {
                if (_names.Count == 0) break;
                _file = await OpenAsync(_names.Dequeue(), cancellation);
                // Null: there is no header yet, nor any record.
                continue;
            }
            if (await ReadAsync(_file, cancellation)) return Take(_file.End);
            if (!_ended) Leave();
        }
        _ended = true;
        if (_count > 0) return Take(_file?.Start ?? 0);
        if (_file is not null) Mark(_file.Start);
        return null;
    }

    /// <summary>Where it is, as a cursor; <c>null</c> before the first record.</summary>
    public string? Place => _cursor?.ToString();

    public SourceException? Explain(Exception cause) => cause switch
    {
        InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException or Parquet.ParquetException =>
            new($"connection [{_connection.Name}]: [{_file?.File.Name}] is damaged, or not written to its end: {cause.Message}", inner: cause),
        IOException or UnauthorizedAccessException => new($"connection [{_connection.Name}]: {cause.Message}", inner: cause),
        _ => null,
    };

    public ValueTask DisposeAsync()
    {
        _file?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<RecordFile?> OpenAsync(string name, CancellationToken cancellation)
    {
        var file = SourceFile.Open(_connection.Root, name);
        try
        {
            var records = await FileFormats.OpenAsync(file, _settings, _schema, cancellation);
            if (name != _from?.File)
            {
                if (records is null) file.Dispose();
                return records;
            }
            if (!_from.Fits(file.Head) || records is null || !records.SkipTo(_from.Position))
            {
                throw new SourceException($"connection [{_connection.Name}]: [{name}] is not the file that was read before up to {_from.Position}: it was replaced or cut. " +
                    "Give new files names of their own that come after the old ones; to read all anew, start the datafeed with a [start]", isPermanent: true);
            }
            return records;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Reads until a page is full (true), or there is no more of the file or the range.
    private async Task<bool> ReadAsync(RecordFile file, CancellationToken cancellation)
    {
        for (var skippedFrom = file.End; await file.MoveAsync(cancellation);)
        {
            if (_count % RecordsBetweenLooks == 0) cancellation.ThrowIfCancellationRequested();
            var ms = file.TimeMs;
            if ((file.IsUnfinished && !IsSettled(file.File)) || ms >= _range.ToMs)
            {
                // The cursor of the last page, if any, stands before this record.
                _ended = true;
                return false;
            }
            if (ms < _sinceMs)
            {
                if (_count == 0 && file.End - skippedFrom >= MostSkipped) return true;
                continue;
            }
            if (file.IsFull) _batches.Add(file.Cut());
            file.Add();
            _count++;
            if (ms is { } time) _newestMs = Math.Max(_newestMs, time);
            if (_count >= _limits.Records || _batches.Count >= _limits.Batches) return true;
        }
        return false;
    }

    // A file that another follows is finished, and so is one that nobody has written to for a while.
    private bool IsSettled(SourceFile file) =>
        !file.MayGrow || _names!.Count > 0 || _clock.GetUtcNow().UtcDateTime - file.LastWrite >= _connection.SettleTime;

    private void Leave()
    {
        if (!_file!.IsEmpty) _batches.Add(_file.Cut());
        Mark(_file.End);
        _file.Dispose();
        _file = null;
    }

    private void Mark(long position) => _cursor = FileCursor.After(_settings.Pattern, _file!.File.Name, _sinceMs, position, _file.File.Head);

    private SourcePage Take(long position)
    {
        if (_file is not null)
        {
            if (!_file.IsEmpty) _batches.Add(_file.Cut());
            Mark(position);
        }
        var page = new SourcePage(_batches, _count, Math.Min(_newestMs, _range.ToMs), _cursor!.ToString());
        (_batches, _count) = ([], 0);
        return page;
    }
}
