using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Transfer;

/// <summary>
/// Reads an export, see <see cref="ExportFormat"/>. What it gives may be damaged until <see cref="NextTable"/> has said that there is no further table: only then
/// the checksum was seen to fit.
/// </summary>
internal sealed class ExportReader : IDisposable
{
    private const int MostBytesOfJson = 1 << 20;
    private const int LongestVersion = 9;

    private readonly Stream _compressed;
    private readonly XxHash128 _hash = new();
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly RowBuffer.FillBytes _fill;
    private int _at;
    private int _end;
    private int _columns;
    private long _rows;

    /// <exception cref="StoreException">It is no export, or one of a form that this version does not know.</exception>
    public ExportReader(Stream source)
    {
        _compressed = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
        _fill = Fill;
        ReadVersion();
        if (Byte() != ExportFormat.Header) throw ExportFormat.Damaged("it has no header");
        Header = Json(ExportJson.Default.ExportHeader);
    }

    public ExportHeader Header { get; }

    /// <summary>Rows of all tables so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes so far, without compression.</summary>
    public long Bytes { get; private set; }

    /// <returns><c>null</c>: the export is over, and whole.</returns>
    /// <exception cref="StoreException">It is damaged or incomplete.</exception>
    public TableShape? NextTable()
    {
        switch (Byte())
        {
            case ExportFormat.Table:
                var table = Json(ExportJson.Default.TableShape);
                (_rows, _columns) = (0, table.Columns.Count);
                return table;
            case ExportFormat.End:
                ReadEnd();
                return null;
            default:
                throw ExportFormat.Damaged("a table should begin or the export end");
        }
    }

    /// <summary>Reads the next row of the table that was begun.</summary>
    /// <param name="counted">At the end of the table: how far its database had counted by itself.</param>
    public bool Read(RowBuffer row, out long? counted)
    {
        counted = null;
        row.Clear();
        switch (Byte())
        {
            case ExportFormat.Row:
                for (var column = 0; column < _columns; column++) ReadValue(row);
                _rows++;
                Rows++;
                return true;
            case ExportFormat.EndOfTable:
                if (VarUInt() != (ulong)_rows) throw ExportFormat.Damaged("a table has another number of rows than it says");
                if (VarUInt() is > 0 and var number) counted = (long)number - 1;
                return false;
            default:
                throw ExportFormat.Damaged("a row should begin or the table end");
        }
    }

    public void Dispose() => _compressed.Dispose();

    private void ReadVersion()
    {
        var words = new byte[ExportFormat.FirstWords.Length];
        StoreException no = new("This is no export of MlActors: give a file that `mlactors storage export` has written.");
        try
        {
            Fill(words);
        }
        catch (StoreException)
        {
            throw no;
        }
        if (!words.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(ExportFormat.FirstWords))) throw no;
        var version = new StringBuilder();
        for (var sign = Byte(); sign != '\n' && version.Length < LongestVersion; sign = Byte()) version.Append((char)sign);
        if (version.ToString() != ExportFormat.Version.ToString(CultureInfo.InvariantCulture))
            throw new StoreException($"The export has the format {version}, this version of MlActors ({Jobs.ServerInfo.Version}) reads format {ExportFormat.Version}. Import it with the version that wrote it.");
    }

    private void ReadValue(RowBuffer row)
    {
        switch ((ValueKind)Byte())
        {
            case ValueKind.Null:
                row.AddNull();
                break;
            case ValueKind.Integer:
                var number = VarUInt();
                row.Add(unchecked((long)(number >> 1) ^ -(long)(number & 1)));
                break;
            case ValueKind.Real:
                Span<byte> real = stackalloc byte[sizeof(double)];
                Fill(real);
                row.Add(BinaryPrimitives.ReadDoubleLittleEndian(real));
                break;
            case ValueKind.Text:
                row.Add(ValueKind.Text, Length(ExportFormat.MostBytes), _fill);
                break;
            case ValueKind.Blob:
                row.Add(ValueKind.Blob, Length(ExportFormat.MostBytes), _fill);
                break;
            default:
                throw ExportFormat.Damaged("a value is of no kind");
        }
    }

    private void ReadEnd()
    {
        if (VarUInt() != (ulong)Rows) throw ExportFormat.Damaged("it has another number of rows than it says");
        // What is in the buffer behind this place is not part of what the checksum is of.
        _hash.Append(_buffer.AsSpan(0, _at));
        var computed = _hash.GetCurrentHash();
        Span<byte> written = stackalloc byte[computed.Length];
        Fill(written);
        if (!written.SequenceEqual(computed)) throw ExportFormat.Damaged("its checksum does not fit");
        if (_at < _end || Refill() > 0) throw ExportFormat.Damaged("there is something behind its end");
    }

    private T Json<T>(JsonTypeInfo<T> type)
    {
        var bytes = new byte[Length(MostBytesOfJson)];
        Fill(bytes);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw ExportFormat.Damaged("a description is empty");
        }
        catch (JsonException)
        {
            throw ExportFormat.Damaged("a description cannot be read");
        }
    }

    private int Length(int most) => VarUInt() is var length && length <= (ulong)most ? (int)length : throw ExportFormat.Damaged("a length is impossible");

    private ulong VarUInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
        throw ExportFormat.Damaged("a number is impossible");
    }

    private byte Byte()
    {
        if (_at == _end && Refill() == 0) throw Truncated();
        return _buffer[_at++];
    }

    private void Fill(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (_at == _end && Refill() == 0) throw Truncated();
            var take = Math.Min(target.Length, _end - _at);
            _buffer.AsSpan(_at, take).CopyTo(target);
            _at += take;
            target = target[take..];
        }
    }

    private int Refill()
    {
        _hash.Append(_buffer.AsSpan(0, _end));
        Bytes += _end;
        try
        {
            (_at, _end) = (0, _compressed.Read(_buffer));
        }
        catch (InvalidDataException damaged)
        {
            throw ExportFormat.Damaged($"it cannot be decompressed ({damaged.Message.TrimEnd('.')})");
        }
        return _end;
    }

    private static StoreException Truncated() => ExportFormat.Damaged("it ends too early");
}
