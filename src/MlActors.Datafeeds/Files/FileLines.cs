using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Files;

/// <summary>The lines of a file with their places in it. Memory is bounded by the longest line.</summary>
internal sealed class FileLines(SourceFile file)
{
    private const int FirstBuffer = 1 << 16;
    private const int LongestLine = 16 << 20;

    private byte[] _buffer = new byte[FirstBuffer];
    private long _bufferAt;
    private int _start;
    private int _end;
    private int _filled;
    private int _next;
    private bool _quoted;
    private int _closed;

    /// <summary>What keeps cells apart, so that a line break within a quoted cell is not the end; <c>null</c> when there are no cells.</summary>
    public byte? Delimiter { get; set; }

    /// <summary>The line without its end.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Where the line begins, in bytes from the start of the decompressed file.</summary>
    public long Start => _bufferAt + _start;

    /// <summary>Where the line after it begins.</summary>
    public long End => _bufferAt + _next;

    /// <summary>Whether the line has an end; only the last one of a file may have none.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Goes to a place where a line begins; only onwards. <c>false</c> when the file is shorter.</summary>
    public bool SkipTo(long position)
    {
        if (file.MayGrow)
        {
            if (position > file.Length) return false;
            file.Content.Position = position;
            (_bufferAt, _start, _end, _filled, _next) = (position, 0, 0, 0, 0);
            return true;
        }
        while (End < position)
        {
            var within = (int)Math.Min(position - End, _filled - _next);
            _start = _next += within;
            if (within == 0 && !Fill()) return false;
        }
        return true;
    }

    /// <exception cref="SourceException">A line is too long.</exception>
    public bool Move()
    {
        _start = _next;
        (_quoted, _closed) = (false, int.MinValue);
        for (var at = _start; ;)
        {
            if (Find(ref at))
            {
                (_end, _next, IsEnded) = (at, at + 1, true);
                if (_end > _start && _buffer[_end - 1] == '\r') _end--;
                return true;
            }
            var searched = at - _start;
            if (!Fill())
            {
                (_end, _next, IsEnded) = (_filled, _filled, false);
                return _end > _start;
            }
            at = _start + searched;
        }
    }

    // Whether the line ends in what is in the buffer; if not, where the search has to go on.
    private bool Find(ref int at)
    {
        if (Delimiter is not { } between)
        {
            var end = _buffer.AsSpan(at, _filled - at).IndexOf((byte)'\n');
            at = end < 0 ? _filled : at + end;
            return end >= 0;
        }
        while (at < _filled)
        {
            var next = _buffer.AsSpan(at, _filled - at).IndexOfAny((byte)'\n', (byte)'"');
            if (next < 0) break;
            at += next;
            if (_buffer[at] == '"')
            {
                // A quote opens a cell at its beginning only; a doubled one closes it and opens it again.
                var opens = !_quoted && (at == _start || _buffer[at - 1] == between || at - _start == _closed + 1);
                if (_quoted) _closed = at - _start;
                _quoted = opens;
            }
            else if (!_quoted)
            {
                return true;
            }
            at++;
        }
        at = _filled;
        return false;
    }

    // Makes room, keeps the unfinished line, and reads on; false at the end of the file.
    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
            _bufferAt += _start;
            (_filled, _next, _start) = (_filled - _start, _next - _start, 0);
        }
        if (_filled == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
                throw new SourceException($"[{file.Name}] has a line longer than {LongestLine >> 20} MiB at byte {Start}: is a quote not closed?", isPermanent: true);
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = file.Content.Read(_buffer, _filled, _buffer.Length - _filled);
        _filled += read;
        return read > 0;
    }
}
