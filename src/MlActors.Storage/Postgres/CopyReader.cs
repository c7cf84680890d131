using System.Buffers.Binary;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Postgres;

/// <summary>
/// Reads what PostgreSQL sends for COPY … TO STDOUT (FORMAT BINARY): a signature of 11 bytes, 4 of flags, an extension with its length; then each row as its number of
/// columns (2 bytes, -1: the end) and each value as its length (4 bytes, -1: null) and bytes. All numbers are big-endian.
/// </summary>
internal sealed class CopyReader
{
    private const int SignatureAndFlags = 15;

    private readonly Stream _stream;
    private readonly TableShape _table;
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly RowBuffer.FillBytes _fill;
    private int _at;
    private int _end;

    public CopyReader(Stream stream, TableShape table)
    {
        (_stream, _table, _fill) = (stream, table, Fill);
        Fill(new byte[SignatureAndFlags]);
        Fill(new byte[Int32()]);
    }

    public bool Read(RowBuffer row)
    {
        row.Clear();
        Span<byte> eight = stackalloc byte[sizeof(long)];
        Fill(eight[..sizeof(short)]);
        if (BinaryPrimitives.ReadInt16BigEndian(eight) < 0) return false;
        foreach (var column in _table.Columns)
        {
            var length = Int32();
            if (length < 0)
            {
                row.AddNull();
                continue;
            }
            switch (column.Kind)
            {
                case ValueKind.Integer:
                    Fill(eight);
                    row.Add(BinaryPrimitives.ReadInt64BigEndian(eight));
                    break;
                case ValueKind.Real:
                    Fill(eight);
                    row.Add(BinaryPrimitives.ReadDoubleBigEndian(eight));
                    break;
                default:
                    row.Add(column.Kind, length, _fill);
                    break;
            }
        }
        return true;
    }

    private int Int32()
    {
        Span<byte> four = stackalloc byte[sizeof(int)];
        Fill(four);
        return BinaryPrimitives.ReadInt32BigEndian(four);
    }

    private void Fill(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, _stream.Read(_buffer));
                if (_end == 0) throw new EndOfStreamException("PostgreSQL ended a COPY too early.");
            }
            var take = Math.Min(target.Length, _end - _at);
            _buffer.AsSpan(_at, take).CopyTo(target);
            _at += take;
            target = target[take..];
        }
    }
}
