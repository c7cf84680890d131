using System.Buffers.Binary;
using System.Text.Unicode;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Postgres;

/// <summary>Writes rows in the binary form of COPY, see <see cref="CopyReader"/>.</summary>
internal sealed class CopyWriter : BlockWriter
{
    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0];

    private readonly Stream _stream;

    public CopyWriter(Stream stream)
    {
        _stream = stream;
        Raw(Signature);
        Raw(stackalloc byte[2 * sizeof(int)]);
    }

    /// <summary>Texts that PostgreSQL does not take as they are.</summary>
    public long ChangedTexts { get; private set; }

    public void Write(RowBuffer row)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), (short)row.Count);
        for (var i = 0; i < row.Count; i++)
        {
            switch (row.Kind(i))
            {
                case ValueKind.Null:
                    Length(-1);
                    break;
                case ValueKind.Integer:
                    Length(sizeof(long));
                    BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), row.Integer(i));
                    break;
                case ValueKind.Real:
                    Length(sizeof(double));
                    BinaryPrimitives.WriteDoubleBigEndian(Take(sizeof(double)), row.Real(i));
                    break;
                case ValueKind.Text when row.Bytes(i) is var text && (text.Contains((byte)0) || !Utf8.IsValid(text)):
                    ChangedTexts++;
                    Sized(PostgresStatement.Storable(System.Text.Encoding.UTF8.GetString(text)));
                    break;
                default:
                    Sized(row.Bytes(i));
                    break;
            }
        }
    }

    public void Finish()
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        Flush();
    }

    private void Length(int bytes) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), bytes);

    private void Sized(ReadOnlySpan<byte> bytes)
    {
        Length(bytes.Length);
        Raw(bytes);
    }

    protected override void Send(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);
}
