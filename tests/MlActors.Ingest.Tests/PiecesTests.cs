using System.Text;
using CsCheck;

namespace MlActors.Ingest.Tests;

public sealed class PiecesTests
{
    private static readonly Gen<int[]> Pieces = Gen.Frequency((3, Gen.Int[1, 40]), (1, Gen.Int[1, 5_000])).Array[1, 6];

    // Small limits, so that they are reached often.
    private static RecordReader Small() =>
        Uploads.Reader(options: new RecordReaderOptions { MaxBatchBytes = 400, MaxRecordBytes = 300, MaxMalformedRecords = 6 });

    [Fact]
    public void Batches_do_not_depend_on_the_pieces_in_which_the_body_comes() =>
        Gen.Select(Bodies, Pieces).Sample((body, pieces) => Small().Outcome(body, pieces).ShouldBe(Small().Outcome(body)), iter: 1_500);

    [Fact]
    public void Nor_do_they_when_the_body_is_damaged() =>
        Gen.Select(Bodies, Mutations.Any, Pieces).Sample((body, mutate, pieces) =>
        {
            var damaged = mutate(body);
            Small().Outcome(damaged, pieces).ShouldBe(Small().Outcome(damaged));
        }, iter: 5_000);

    [Fact]
    public void Random_bytes_end_in_counts_or_in_a_typed_error() =>
        Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 300], Gen.OneOf("{}[]\",:\\ \n1ae"u8.ToArray()).Array[0, 300]), Pieces)
            .Sample((body, pieces) => Small().Outcome(body, pieces).ShouldBe(Small().Outcome(body)), iter: 5_000);

    [Fact]
    public void Every_byte_is_counted_in_one_batch() =>
        Gen.Select(Bodies, Mutations.Any, Pieces).Sample((body, mutate, pieces) =>
        {
            var damaged = mutate(body);
            var reader = Uploads.Reader(options: new RecordReaderOptions { MaxBatchBytes = 400, MaxMalformedRecords = int.MaxValue });
            var batches = reader.Read(damaged, pieces);
            batches.Sum(batch => batch.Input.InputBytes).ShouldBe(damaged.Length);
            reader.Totals.InputBytes.ShouldBe(damaged.Length);
            batches.SkipLast(1).ShouldAllBe(batch => batch.Count > 0);
        }, iter: 1_500);

    private static Gen<byte[]> Bodies { get; } =
        Gen.Select(Json.Records.Array[0, 25], Gen.OneOf("\n", "", ", ", "\r\n\r\n"), Gen.Bool, Gen.Bool, (records, between, array, mark) =>
        {
            var text = string.Join(between, records);
            return Encoding.UTF8.GetBytes((mark ? "\uFEFF" : "") + (array ? $"[{text}]" : text));
        });
}
