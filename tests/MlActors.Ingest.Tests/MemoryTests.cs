using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

/// <summary>Allocations are counted for the whole process in some of these, so nothing else may run beside them.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private static byte[] Lines(int count)
    {
        var body = new StringBuilder();
        for (var i = 0; i < count; i++) body.Append($"{{\"time\":{i},\"value\":{i % 1000}.25,\"host\":\"web-{i % 40}\"}}\n");
        return Encoding.UTF8.GetBytes(body.ToString());
    }

    [Fact]
    public void Reading_allocates_nothing_for_a_record_but_its_place_in_the_batch()
    {
        const int Records = 200_000;
        const int RowBytes = 8 + 8 + 4;
        var body = Lines(Records);
        var schema = Uploads.Schema(Uploads.Number("value"), Uploads.Text("host"));
        Count(Uploads.Reader(schema), body).ShouldBe(Records);
        var reader = Uploads.Reader(schema);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = Count(reader, body);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        count.ShouldBe(Records);

        // A fixed part, most of it the buffers, which double until they hold a batch; then a tenth of a byte for a record, as the dictionaries take.
        allocated.ShouldBeGreaterThan(Records * RowBytes);
        allocated.ShouldBeLessThan((long)(Records * (RowBytes + 0.1)) + (2 * RecordBatch.MaxRecords * RowBytes) + 300_000);
    }

    // The pipe has everything, so all of it runs on this thread.
    private static int Count(RecordReader reader, byte[] body)
    {
        var batches = reader.ReadAsync(PipeReader.Create(new ReadOnlySequence<byte>(body))).GetAsyncEnumerator();
        var count = 0;
        while (true)
        {
            var next = batches.MoveNextAsync();
            next.IsCompleted.ShouldBeTrue();
            if (!next.Result) return count;
            count += batches.Current.Count;
        }
    }

    [Fact]
    public async Task After_damage_nothing_is_kept_in_memory()
    {
        // Half a gigabyte of one lost string.
        var reader = Uploads.Reader();
        var body = new EndlessBody("{\"time\":1,oops \""u8.ToArray(), 1L << 29);
        var before = GC.GetTotalAllocatedBytes();
        (await reader.ReadAll(PipeReader.Create(body))).ShouldHaveSingleItem().Count.ShouldBe(0);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(64 << 20);
        reader.Totals.InputBytes.ShouldBe(1L << 29);
        reader.MalformedRecords.ShouldBe(1);
    }

    [Fact]
    public async Task A_bomb_takes_no_memory()
    {
        // 256 MiB of spaces in three.
        using var compressed = new MemoryStream();
        using (var compressor = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var spaces = new byte[1 << 20];
            spaces.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 256; i++) compressor.Write(spaces);
        }
        var bytes = compressed.ToArray();
        bytes.Length.ShouldBeLessThan(3 << 20);
        var before = GC.GetTotalAllocatedBytes();
        var reader = Uploads.Reader();
        await using (var body = BodyDecoder.Open(PipeReader.Create(new ReadOnlySequence<byte>(bytes)), "gzip")) await reader.ReadAll(body.Reader);
        reader.Totals.InputBytes.ShouldBe(256L << 20);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(64 << 20);
    }

    private sealed class EndlessBody(byte[] start, long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, length - _position);
            var bytes = buffer.Span[..count];
            bytes.Fill((byte)'x');
            if (_position == 0) start.CopyTo(bytes);
            _position += count;
            return ValueTask.FromResult(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
