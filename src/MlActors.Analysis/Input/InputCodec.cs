using System.Buffers.Binary;
using System.IO.Hashing;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Contexts;

namespace MlActors.Analysis.Input;

/// <summary>
/// The binary form of an input in the log: versioned, little-endian, checksummed (XxHash64), columnar.
/// <para>
/// magic <c>MLAI</c> (4 bytes), version (1), kind (1), body, XxHash64 of all before it (8). The body of records is: print of the schema (8), count,
/// what the reader counted, times as differences, then each column (<see cref="ColumnCodec"/>); that of a context is <see cref="ContextCodec"/>'s.
/// Numbers without a size are variable-length.
/// </para>
/// </summary>
public static class InputCodec
{
    private const byte Version = 1;
    private const int ChecksumBytes = 8;

    private static ReadOnlySpan<byte> Magic => "MLAI"u8;

    public static byte[] Encode(AnalysisInput input)
    {
        using var writer = new ByteWriter(input is RecordsInput { Batch: var sized } ? 256 + (sized.Count * (2 + (8 * sized.Columns.Length))) : 64);
        Magic.CopyTo(writer.Take(4));
        writer.Byte(Version);
        writer.Byte((byte)input.Kind);
        switch (input)
        {
            case RecordsInput { Batch: var batch }:
                Write(writer, batch);
                break;
            case AdvanceTimeInput advance:
                writer.VarInt(advance.To);
                break;
            case SkipTimeInput skip:
                writer.VarInt(skip.To);
                break;
            case ResetBucketsInput reset:
                writer.VarInt(reset.From);
                writer.VarInt(reset.To);
                break;
            case ContextInput { Context: var context }:
                ContextCodec.Write(writer, context);
                break;
            default:
                throw new ArgumentException($"inputs of kind {input.Kind} are not known", nameof(input));
        }
        return writer.WithChecksum();
    }

    /// <param name="schema">The columns that a batch must have; not looked at for other inputs.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged, of an unknown version or of another schema; the message says which.</exception>
    public static AnalysisInput Decode(ReadOnlySpan<byte> bytes, BatchSchema schema)
    {
        if (bytes.Length < Magic.Length + 2 + ChecksumBytes) throw new InvalidDataException($"the input is truncated: {bytes.Length} bytes are less than its header");
        if (!bytes.StartsWith(Magic)) throw new InvalidDataException("this is no input: it does not begin as one");
        if (bytes[4] != Version) throw new InvalidDataException($"the input has format version {bytes[4]}; this release reads version {Version}");
        var checksum = BinaryPrimitives.ReadUInt64LittleEndian(bytes[^ChecksumBytes..]);
        if (checksum != XxHash64.HashToUInt64(bytes[..^ChecksumBytes])) throw new InvalidDataException("the input is damaged: its checksum does not fit");
        var reader = new ByteReader(bytes[5..^ChecksumBytes]);
        var kind = (InputKind)reader.Byte();
        AnalysisInput input = kind switch
        {
            InputKind.Records => new RecordsInput(ReadBatch(ref reader, schema)),
            InputKind.AdvanceTime => new AdvanceTimeInput(reader.VarInt()),
            InputKind.SkipTime => new SkipTimeInput(reader.VarInt()),
            InputKind.ResetBuckets => new ResetBucketsInput(reader.VarInt(), reader.VarInt()),
            InputKind.Context => new ContextInput(ContextCodec.Read(ref reader)),
            _ => throw new InvalidDataException($"inputs of kind {kind} are not known"),
        };
        reader.End();
        return input;
    }

    private static void Write(ByteWriter writer, RecordBatch batch)
    {
        writer.UInt64(PrintOf(batch.Schema));
        writer.VarUInt((ulong)batch.Count);
        writer.VarInt(batch.Input.InputBytes);
        writer.VarInt(batch.Input.InputFields);
        writer.VarInt(batch.Input.InvalidDates);
        writer.VarInt(batch.Input.MissingFields);
        var before = 0L;
        foreach (var time in batch.Times.AsSpan(0, batch.Count))
        {
            writer.VarInt(unchecked(time - before));
            before = time;
        }
        foreach (var column in batch.Columns)
        {
            if (column.Numbers is not null) ColumnCodec.WriteNumbers(writer, column.Numbers.AsSpan(0, batch.Count));
            else ColumnCodec.WriteText(writer, column.Codes!.AsSpan(0, batch.Count), column.Dictionary!);
        }
    }

    private static RecordBatch ReadBatch(ref ByteReader reader, BatchSchema schema)
    {
        if (reader.UInt64() != PrintOf(schema)) throw new InvalidDataException("the input has other columns than the job's settings");
        var count = reader.Count(1);
        var input = new InputCounts
        {
            InputBytes = reader.VarInt(),
            InputFields = reader.VarInt(),
            InvalidDates = reader.VarInt(),
            MissingFields = reader.VarInt(),
        };
        if (count > reader.Remaining) throw new InvalidDataException("there are fewer times than records");
        var times = GC.AllocateUninitializedArray<long>(count);
        var before = 0L;
        for (var i = 0; i < times.Length; i++)
        {
            before = unchecked(before + reader.VarInt());
            times[i] = before;
        }
        var columns = new Column[schema.Fields.Length];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = schema.Fields[i].Kind == FieldKind.Number ? ColumnCodec.ReadNumbers(ref reader, count) : ColumnCodec.ReadText(ref reader, count);
        return new RecordBatch(schema, count, times, columns, input);
    }

    private static ulong PrintOf(BatchSchema schema)
    {
        using var writer = new ByteWriter(64);
        foreach (var field in schema.Fields)
        {
            writer.Byte((byte)field.Kind);
            writer.String(field.Name);
        }
        return XxHash64.HashToUInt64(writer.Written);
    }
}
