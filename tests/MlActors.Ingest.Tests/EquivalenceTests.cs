using System.Text;
using System.Text.Json;
using CsCheck;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

public sealed class EquivalenceTests
{
    private static readonly BatchSchema Nested = Uploads.Schema(
        Uploads.Number("value"), Uploads.Text("host"), Uploads.Number("a.b"), Uploads.Text("a.b.c"), Uploads.Text("value"), Uploads.Text("time"),
        Uploads.Number("b.c"), Uploads.Text("."));

    [Fact]
    public void Records_are_read_as_the_simple_reader_reads_them() =>
        Json.Records.Array[1, 20].Sample(records => AgreesWithReference(Nested, records), iter: 3_000);

    [Fact]
    public void Records_that_mostly_look_alike_are_read_as_the_simple_reader_reads_them() =>
        Gen.Select(Json.Records.Array[1, 4], Gen.Int[0, 3].Array[1, 60])
            .Sample((few, order) => AgreesWithReference(Nested, [.. order.Select(i => few[i % few.Length])]), iter: 1_000);

    private static void AgreesWithReference(BatchSchema schema, string[] records)
    {
        var reference = new ReferenceReader(schema, "time");
        foreach (var record in records) reference.Add(record);
        var reader = Uploads.Reader(schema);
        var batches = reader.Read(string.Join('\n', records));

        batches.Rows().ShouldBe(reference.Rows);
        reader.MalformedRecords.ShouldBe(0);
        reader.Totals.InputFields.ShouldBe(reference.InputFields);
        reader.Totals.InvalidDates.ShouldBe(reference.InvalidDates);
        reader.Totals.MissingFields.ShouldBe(reference.MissingFields);
    }

    [Fact]
    public void Damaged_records_are_accepted_exactly_when_the_platforms_parser_accepts_them() =>
        Gen.Select(Json.Records, Mutations.Any).Sample((record, mutate) =>
        {
            var bytes = mutate(Encoding.UTF8.GetBytes(record));
            if (bytes.Length == 0 || bytes[0] != '{') return;
            var padded = new byte[bytes.Length + JsonLexer.Padding];
            bytes.CopyTo(padded, 0);
            var scanner = new RecordScanner(new FieldPaths("time", Nested));
            var outcome = scanner.Scan(padded, 0, bytes.Length);

            if (outcome == ScanOutcome.Complete)
            {
                IsJson(bytes.AsMemory(0, scanner.Position)).ShouldBeTrue();
                return;
            }
            IsJson(bytes).ShouldBeFalse();
            if (outcome == ScanOutcome.Incomplete) scanner.Position.ShouldBe(bytes.Length);

            // Nothing behind the offending byte changes the verdict; without that byte it is still open.
            var (verdict, position) = (outcome, scanner.Position);
            if (verdict == ScanOutcome.Malformed)
            {
                padded[position] = 0;
                scanner.Scan(padded, 0, position).ShouldBe(ScanOutcome.Incomplete);
            }
        }, iter: 20_000);

    private static bool IsJson(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            JsonDocument.Parse(bytes).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Records_may_be_nested_64_deep(int depth, bool accepted)
    {
        foreach (var (open, close) in new[] { ("{\"a\":", "}"), ("[", "]") })
        {
            var inner = depth - 1;
            var record = "{\"time\":1,\"x\":" + string.Concat(Enumerable.Repeat(open, inner)) + "1" + string.Concat(Enumerable.Repeat(close, inner)) + "}";
            var reader = Uploads.Reader();
            reader.Read(record + "\n{\"time\":2}").Count.ShouldBe(1);
            reader.MalformedRecords.ShouldBe(accepted ? 0 : 1);
        }
    }

    [Fact]
    public void Numbers_are_rounded_correctly() =>
        Json.Number.Sample(text =>
        {
            var padded = Encoding.UTF8.GetBytes(text + "," + new string('\0', JsonLexer.Padding));
            JsonLexer.Number(padded, 0, out var parts).ShouldBe(text.Length);
            var expected = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            BitConverter.DoubleToInt64Bits(parts.ToDouble(Encoding.UTF8.GetBytes(text))).ShouldBe(BitConverter.DoubleToInt64Bits(expected));
        }, iter: 50_000);
}
