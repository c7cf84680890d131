using System.Buffers.Binary;
using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Wire;

/// <summary>
/// Records: the length of the head (4 bytes, little-endian), the head as JSON (all but the batch, and the columns that the batch has), the batch as in the
/// log (<see cref="InputCodec"/>).
/// </summary>
internal sealed record RecordsFormat() : MessageFormat("post-records/1", typeof(PostRecords))
{
    private static readonly JsonFormat<Head> HeadFormat = new("post-records/1");

    public override byte[] Write(object message)
    {
        var post = (PostRecords)message;
        var reset = post.Reset is { } range ? new Range(range.From, range.To) : null;
        var columns = post.Batch.Schema.Fields.Select(field => new ColumnHead(field.Name, field.Kind, field.MaxLength)).ToArray();
        var head = HeadFormat.Write(new Head(post.JobId, post.BatchId, post.Piece, post.Last, reset, columns) { TraceParent = post.TraceParent, Attempt = post.Attempt });
        var bytes = GC.AllocateUninitializedArray<byte>(4 + head.Length + post.Payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, head.Length);
        head.CopyTo(bytes, 4);
        post.Payload.CopyTo(bytes, 4 + head.Length);
        return bytes;
    }

    public override object Read(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < 0 || length > bytes.Length - 4) throw new InvalidDataException($"a message [{Manifest}] is truncated");
        var head = (Head)HeadFormat.Read(bytes.Slice(4, length));
        var schema = new BatchSchema([.. head.Columns.Select(column => new BatchField(column.Name, column.Kind) { MaxLength = column.MaxLength })]);
        var payload = GC.AllocateUninitializedArray<byte>(bytes.Length - 4 - length);
        bytes[(4 + length)..].CopyTo(payload);
        var batch = ((RecordsInput)InputCodec.Decode(payload, schema)).Batch;
        return new PostRecords(head.JobId, batch, head.BatchId, head.Piece, head.Last)
        {
            Payload = payload,
            TraceParent = head.TraceParent,
            Attempt = head.Attempt,
            Reset = head.Reset is { } range ? new ResetBucketsInput(range.From, range.To) : null,
        };
    }

    private sealed record Head(string JobId, string? BatchId, int Piece, bool Last, Range? Reset, ColumnHead[] Columns)
    {
        public string? TraceParent { get; init; }
        public int? Attempt { get; init; }
    }

    private sealed record Range(long From, long To);

    private sealed record ColumnHead(string Name, FieldKind Kind, int MaxLength);
}
