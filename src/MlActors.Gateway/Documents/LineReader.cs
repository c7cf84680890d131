using System.Buffers;
using System.IO.Pipelines;
using MlActors.Gateway.Errors;

namespace MlActors.Gateway.Documents;

/// <summary>Lines of a body as it comes in; no more than one line and one buffer are held. Disposing it gives the reader back.</summary>
internal sealed class LineReader(PipeReader body, int longestLine, long longestBody) : IDisposable
{
    private ReadOnlySequence<byte> _buffer;
    private long _taken;
    private bool _completed;
    private bool _open;

    /// <summary>Position in the body, bytes from 0.</summary>
    public long Offset => _taken;

    /// <summary>From 1, of the line that was read last.</summary>
    public long Number { get; private set; }

    /// <summary>The next line without its end, valid until the next call; <c>null</c> at the end of the body.</summary>
    /// <exception cref="ApiException">413: it is too long, or the body.</exception>
    public async ValueTask<ReadOnlySequence<byte>?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_open && _buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = _buffer.Slice(0, end);
                _buffer = _buffer.Slice(_buffer.GetPosition(1, end));
                return Take(line, 1);
            }
            if (_open && _completed)
            {
                if (_buffer.IsEmpty) return null;
                var rest = _buffer;
                _buffer = _buffer.Slice(_buffer.End);
                return Take(rest, 0);
            }
            if (_buffer.Length > longestLine) throw TooLong(longestLine, "line");
            GiveBack(_buffer.Start);
            var read = await body.ReadAsync(cancellation);
            (_buffer, _completed, _open) = (read.Buffer, read.IsCompleted, true);
        }
    }

    // What was read stays read: a reader that is left in the middle of a read breaks its connection.
    public void Dispose() => GiveBack(_buffer.End);

    private void GiveBack(SequencePosition consumed)
    {
        if (!_open) return;
        _open = false;
        body.AdvanceTo(consumed, _buffer.End);
        _buffer = default;
    }

    private ReadOnlySequence<byte> Take(ReadOnlySequence<byte> line, int end)
    {
        Number++;
        _taken += line.Length + end;
        if (_taken > longestBody) throw TooLong(longestBody, "body");
        return line.Length > longestLine ? throw TooLong(longestLine, "line") : line;
    }

    private ApiException TooLong(long limit, string what) =>
        ErrorMapping.TooLarge(FormattableString.Invariant($"line {Number} of the body: the {what} has more than {limit} bytes, which is the most that is taken"));
}
