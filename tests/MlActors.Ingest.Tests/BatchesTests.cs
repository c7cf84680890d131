using System.Text;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

public sealed class BatchesTests
{
    private static byte[] Lines(int count, Func<int, string> host)
    {
        var body = new StringBuilder();
        for (var i = 0; i < count; i++) body.Append($"{{\"time\":{i},\"value\":{i % 1000}.25,\"host\":\"{host(i)}\"}}\n");
        return Encoding.UTF8.GetBytes(body.ToString());
    }

    [Fact]
    public void A_batch_has_at_most_32768_records_and_arrays_of_its_size()
    {
        var reader = Uploads.Reader(Uploads.Schema(Uploads.Number("value"), Uploads.Text("host")), options: new RecordReaderOptions { MaxBatchBytes = 1 << 20 });
        var batches = reader.Read(Lines(80_000, _ => "a"));
        batches.Select(batch => batch.Count).ShouldBe([32_768, 32_768, 80_000 - 2 * 32_768]);
        foreach (var batch in batches)
        {
            batch.Times.Length.ShouldBe(batch.Count);
            batch.Columns[0].Numbers!.Length.ShouldBe(batch.Count);
            batch.Columns[1].Codes!.Length.ShouldBe(batch.Count);
        }
        batches.SelectMany(batch => batch.Times).ShouldBe(Enumerable.Range(0, 80_000).Select(i => (long)i));
    }

    [Fact]
    public void Batches_of_long_texts_are_cut_by_their_size()
    {
        var batches = Uploads.Reader(Uploads.Schema(Uploads.Text("host"))).Read(Lines(5_000, i => i + new string('x', 1000)));
        batches.Sum(batch => batch.Count).ShouldBe(5_000);
        batches.Count.ShouldBe(20);
        foreach (var batch in batches.SkipLast(1))
            (batch.Columns[0].Dictionary!.Sum(text => 2L * text.Length) + 12L * batch.Count).ShouldBeInRange(450_000, 550_000);
    }

    [Fact]
    public void Batches_of_many_columns_are_cut_by_their_size()
    {
        var schema = new BatchSchema([.. Enumerable.Range(0, 100).Select(i => Uploads.Number($"f{i}"))]);
        var batches = Uploads.Reader(schema).Read(Lines(3_000, _ => "a"));
        batches.ShouldAllBe(batch => batch.Count * 101L * 8 <= (1 << 19) + 101 * 8);
        batches.Sum(batch => batch.Count).ShouldBe(3_000);
    }

    [Fact]
    public void Counts_belong_to_the_batch_in_which_the_record_is()
    {
        var options = new RecordReaderOptions { MaxBatchBytes = 1 };
        var batches = Uploads.Reader(options: options).Read("[{\"time\":1,\"value\":2} , {\"x\":1},{\"time\":2},{\"time\":3}]\n");
        batches.Select(batch => batch.Input).ShouldBe(
        [
            new InputCounts { InputBytes = 1 + 20, InputFields = 1, MissingFields = 1 },
            new InputCounts { InputBytes = 10 + 11, InputFields = 1, MissingFields = 2, InvalidDates = 1 },
            new InputCounts { InputBytes = 11 + 2, InputFields = 0, MissingFields = 2 },
        ]);
    }

    [Fact]
    public void A_reader_reads_one_upload()
    {
        var reader = Uploads.Reader();
        reader.Read("{}");
        Should.Throw<InvalidOperationException>(() => reader.Read("{}"));
    }
}
