using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CsCheck;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

public sealed class BodyFormsTests
{
    private static readonly string[] Two = ["1 5 'a' '5'", "2 6 'b' '6'"];

    [Theory]
    [InlineData("""[{"time":1,"value":5,"host":"a"},{"time":2,"value":6,"host":"b"}]""")]
    [InlineData("""{"time":1,"value":5,"host":"a"}{"time":2,"value":6,"host":"b"}""")]
    [InlineData("""{"time":1,"value":5,"host":"a"} {"time":2,"value":6,"host":"b"}""")]
    [InlineData("{\"time\":1,\"value\":5,\"host\":\"a\"}\n{\"time\":2,\"value\":6,\"host\":\"b\"}\n")]
    [InlineData("{\"time\":1,\"value\":5,\"host\":\"a\"}\r\n\r\n{\"time\":2,\"value\":6,\"host\":\"b\"}")]
    [InlineData("\n [\n  {\n    \"time\" : 1,\n    \"value\" : 5,\n    \"host\" : \"a\"\n  } ,\n  {\"time\":2,\"value\":6,\"host\":\"b\"}\n]\n")]
    [InlineData("""[{"time":1,"value":5,"host":"a"}]{"time":2,"value":6,"host":"b"}""")]
    [InlineData("[{\"time\":1,\"value\":5,\"host\":\"a\"}]\n[{\"time\":2,\"value\":6,\"host\":\"b\"}]")]
    [InlineData("\uFEFF{\"time\":1,\"value\":5,\"host\":\"a\"}\n{\"time\":2,\"value\":6,\"host\":\"b\"}")]
    [InlineData("\uFEFF[{\"time\":1,\"value\":5,\"host\":\"a\"},\t{\"time\":2,\"value\":6,\"host\":\"b\"}]")]
    public void Arrays_concatenated_documents_and_lines_are_read_alike(string body)
    {
        foreach (var size in new[] { 1, 2, 7, 4096 })
        {
            var reader = Uploads.Reader();
            reader.Read(body, size).Rows().ShouldBe(Two);
            reader.MalformedRecords.ShouldBe(0);
            reader.Totals.InputBytes.ShouldBe(Encoding.UTF8.GetByteCount(body));
        }
    }

    [Fact]
    public void The_same_records_in_any_form_give_the_same_rows() =>
        Json.Records.Array[0, 12].Sample(records =>
        {
            var lines = Uploads.Reader().Read(string.Join('\n', records)).Rows();
            Uploads.Reader().Read($"[{string.Join(',', records)}]").Rows().ShouldBe(lines);
            Uploads.Reader().Read(string.Concat(records)).Rows().ShouldBe(lines);
            Uploads.Reader().Read(string.Join(" \r\n\t", records)).Rows().ShouldBe(lines);
        }, iter: 500);

    [Fact]
    public void An_empty_body_gives_no_batch()
    {
        var reader = Uploads.Reader();
        reader.Read("").ShouldBeEmpty();
        reader.Totals.ShouldBe(default);
    }

    [Theory]
    [InlineData(" \n ")]
    [InlineData("[]")]
    [InlineData("\uFEFF")]
    public void A_body_without_records_gives_one_empty_batch_with_its_bytes(string body)
    {
        var batch = Uploads.Reader().Read(body).ShouldHaveSingleItem();
        batch.Count.ShouldBe(0);
        batch.Input.ShouldBe(new InputCounts { InputBytes = Encoding.UTF8.GetByteCount(body) });
    }

    [Fact]
    public async Task A_body_in_many_segments_is_read_whole()
    {
        var body = Encoding.UTF8.GetBytes("""[{"time":1,"value":5,"host":"a"},{"time":2,"value":6,"host":"b"}]""");
        var first = new Segment(body.AsMemory(0, 1), 0);
        var last = first;
        for (var i = 1; i < body.Length; i++) last = last.Append(body.AsMemory(i, 1));
        var sequence = new ReadOnlySequence<byte>(first, 0, last, 1);
        (await Uploads.Reader().ReadAll(PipeReader.Create(sequence))).Rows().ShouldBe(Two);
    }

    [Fact]
    public async Task A_batch_is_given_out_while_the_body_is_still_coming()
    {
        var pipe = new Pipe();
        var line = "{\"time\":1,\"value\":5,\"host\":\"a\"}\n";
        await using var batches = Uploads.Reader(options: new RecordReaderOptions { MaxBatchBytes = 1 << 20 }).ReadAsync(pipe.Reader).GetAsyncEnumerator();
        var next = batches.MoveNextAsync();
        for (var i = 0; i <= RecordBatch.MaxRecords; i++) await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(line));
        (await next).ShouldBeTrue();
        batches.Current.Count.ShouldBe(RecordBatch.MaxRecords);
        await pipe.Writer.CompleteAsync();
        (await batches.MoveNextAsync()).ShouldBeTrue();
        batches.Current.Count.ShouldBe(1);
        (await batches.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Reading_stops_when_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        await using var batches = Uploads.Reader().ReadAsync(new Pipe().Reader, cancellation.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = batches.MoveNextAsync();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await next);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
