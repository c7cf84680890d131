using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace MlActors.Storage.Transfer;

/// <summary>Writes an export, see <see cref="ExportFormat"/>. It is whole only after <see cref="Finish"/>.</summary>
internal sealed class ExportWriter : BlockWriter, IDisposable
{
    private readonly GZipStream _compressed;
    private readonly XxHash128 _hash = new();
    private long _rows;

    public ExportWriter(Stream target, ExportHeader header)
    {
        _compressed = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        Raw(Encoding.ASCII.GetBytes($"{ExportFormat.FirstWords}{ExportFormat.Version}\n"));
        Byte(ExportFormat.Header);
        Sized(JsonSerializer.SerializeToUtf8Bytes(header, ExportJson.Default.ExportHeader));
    }

    /// <summary>Bytes before compression.</summary>
    public long Bytes { get; private set; }

    public void BeginTable(TableShape table)
    {
        _rows = 0;
        Byte(ExportFormat.Table);
        Sized(JsonSerializer.SerializeToUtf8Bytes(table, ExportJson.Default.TableShape));
    }

    public void Write(RowBuffer row)
    {
        _rows++;
        Byte(ExportFormat.Row);
        for (var column = 0; column < row.Count; column++)
        {
            var kind = row.Kind(column);
            Byte((byte)kind);
            switch (kind)
            {
                case ValueKind.Integer:
                    var number = row.Integer(column);
                    VarUInt(unchecked((ulong)((number << 1) ^ (number >> 63))));
                    break;
                case ValueKind.Real:
                    BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), row.Real(column));
                    break;
                case ValueKind.Text or ValueKind.Blob:
                    Sized(row.Bytes(column));
                    break;
            }
        }
    }

    /// <param name="counted">How far the database has counted in the table by itself.</param>
    public void EndTable(long? counted)
    {
        Byte(ExportFormat.EndOfTable);
        VarUInt((ulong)_rows);
        VarUInt((ulong)((counted ?? -1) + 1));
    }

    public void Finish(long rows)
    {
        Byte(ExportFormat.End);
        VarUInt((ulong)rows);
        Flush();
        _compressed.Write(_hash.GetCurrentHash());
        _compressed.Dispose();
    }

    public void Dispose() => _compressed.Dispose();

    private void Byte(byte value) => Take(1)[0] = value;

    private void VarUInt(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private void Sized(ReadOnlySpan<byte> bytes)
    {
        VarUInt((ulong)bytes.Length);
        Raw(bytes);
    }

    protected override void Send(ReadOnlySpan<byte> bytes)
    {
        _hash.Append(bytes);
        _compressed.Write(bytes);
        Bytes += bytes.Length;
    }
}
