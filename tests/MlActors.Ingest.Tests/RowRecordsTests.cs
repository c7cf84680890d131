using System.Text.Json;
using CsCheck;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

public sealed class RowRecordsTests
{
    private static readonly string[] Odd =
        [" 5.25 ", "+.5", "1,5", "0x10", "NaN", "1e400", "-", "5 ", "ß→\u1F60", "2024-02-29 12:00:00", "a\"b\\", "00012", "9.", "123456789012345678901234567890"];

    private static readonly Gen<string> Texts = Gen.Frequency(
        (3, Gen.Double.Select(Uploads.Show)),
        (3, Gen.Int.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))),
        (3, Gen.Int[0, Odd.Length - 1].Select(i => Odd[i])),
        (1, Gen.Char[' ', '~'].Array[1, 6].Select(letters => new string(letters))));

    [Fact]
    public void A_text_is_worth_what_the_same_text_of_a_JSON_record_is() =>
        Gen.Select(Texts, Texts).Array[1, 40].Sample(cells =>
        {
            var times = cells.Select((_, i) => (1_700_000_000 + i).ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            var body = string.Concat(cells.Select((cell, i) => JsonSerializer.Serialize(new { time = times[i], value = cell.Item1, host = cell.Item2 })));
            Read(Uploads.Usual, "epoch", cells.Select((cell, i) => new[] { times[i], cell.Item1, cell.Item2 })).Rows().ShouldBe(Uploads.Reader().Read(body).Rows());
        }, iter: 300);

    [Theory]
    [InlineData("epoch", "1709208000", 1_709_208_000)]
    [InlineData("epoch", "1709208000.9", 1_709_208_000)]
    [InlineData("epoch_ms", "1709208000999", 1_709_208_000)]
    [InlineData("epoch", "-5", -5)]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-02-29 12:00:00", 1_709_208_000)]
    [InlineData("yyyyMMddHHmmss", "20240229120000", 1_709_208_000)]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssX", "2024-02-29T12:00:00+02", 1_709_200_800)]
    public void Times_are_read_in_their_format(string format, string text, long seconds) =>
        Read(Uploads.Schema(Uploads.Number("value")), format, [[text, "1"]]).Rows().ShouldBe([$"{seconds} 1"]);

    [Fact]
    public void A_record_without_a_readable_time_is_counted_and_left_out()
    {
        var batch = Read(Uploads.Schema(Uploads.Number("value")), "epoch", [["soon", "1"], ["", "2"], ["7", "3"]]).ShouldHaveSingleItem();
        batch.Count.ShouldBe(1);
        batch.Input.InvalidDates.ShouldBe(2);
        batch.Input.InputFields.ShouldBe(3);
    }

    [Fact]
    public void An_empty_text_is_a_missing_field_and_nothing_of_the_record_before_shows_through()
    {
        var batch = Read(Uploads.Usual, "epoch", [["1", "5", "a"], ["2", "", ""]]).ShouldHaveSingleItem();
        ((IEnumerable<RecordBatch>)[batch]).Rows().ShouldBe(["1 5 'a' '5'", "2 - - -"]);
        batch.Input.MissingFields.ShouldBe(2);
    }

    [Fact]
    public void A_full_batch_is_cut()
    {
        var batches = Read(Uploads.Usual, "epoch", Enumerable.Range(0, RecordBatch.MaxRecords + 10).Select(i => new[] { $"{i}", "1", "a" }));
        batches.Sum(batch => batch.Count).ShouldBe(RecordBatch.MaxRecords + 10);
        batches.Count.ShouldBe(2);
        batches.ShouldAllBe(batch => batch.Count <= RecordBatch.MaxRecords);
    }

    // Cells are the time, then the value and the host.
    private static List<RecordBatch> Read(BatchSchema schema, string format, IEnumerable<string[]> rows)
    {
        var records = new RowRecords(schema, new RecordFormat("time", format));
        var places = new[] { "time", "value", "host" }.Select(name => records.Fields.ToList().IndexOf(name)).ToArray();
        var batches = new List<RecordBatch>();
        foreach (var row in rows)
        {
            if (records.IsFull) batches.Add(records.Cut());
            for (var i = 0; i < row.Length; i++) records.Set(places[i], row[i]);
            records.TryAdd(row.Length - 1, bytes: 0);
        }
        if (!records.IsEmpty) batches.Add(records.Cut());
        return batches;
    }

    [Fact]
    public void A_number_is_worth_what_it_is_written_out_whatever_the_field_was_before() =>
        Gen.Select(Gen.Double, Gen.Long, Gen.Int[0, 3]).Array[1, 40].Sample(cells =>
        {
            var schema = Uploads.Schema(Uploads.Number("value"));
            var (typed, written) = (new RowRecords(schema, new RecordFormat("time", "epoch")), new RowRecords(schema, new RecordFormat("time", "epoch")));
            var value = typed.IndexOf("value");
            foreach (var (real, integer, form) in cells)
            {
                if (form == 1) typed.Set(value, 5.0);
                if (form == 2) typed.Set(value, "6");
                if (form < 2) typed.Set(value, "7");
                else if (form == 2) typed.Set(value, real);
                else typed.Set(value, integer);
                if (form < 2) written.Set(value, "7");
                else if (form == 2 && !double.IsFinite(real)) written.Set(value, "6");
                else written.Set(value, form == 2 ? real.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : integer.ToString(System.Globalization.CultureInfo.InvariantCulture));
                foreach (var records in new[] { typed, written }) records.Add(1_000, fields: 1, bytes: 0);
            }
            var (got, expected) = (typed.Cut(), written.Cut());
            got.Columns[0].Numbers.ShouldBe(expected.Columns[0].Numbers);
            got.Input.ShouldBe(expected.Input);
        }, iter: 300);

    [Fact]
    public void Typed_values_are_worth_what_their_texts_are()
    {
        var schema = Uploads.Schema(Uploads.Number("n"), Uploads.Text("n"));
        var records = new RowRecords(schema, new RecordFormat());
        records.Set(1, 0.1);
        records.Add(5_999, 1, 0);
        records.Set(1, long.MinValue);
        records.Add(-1, 1, 0);
        records.Set(1, 12.50m);
        records.Add(0, 1, 0);
        records.Set(1, true);
        records.Add(0, 1, 0);
        records.Set(1, double.NaN);
        records.Add(0, 1, 0);
        records.Set(1, "x y"u8);
        records.Add(0, 1, 0);
        var batch = records.Cut();
        batch.Times.ShouldBe([5, -1, 0, 0, 0, 0]);
        batch.Columns[0].Numbers.ShouldBe([0.1, long.MinValue, 12.5, double.NaN, double.NaN, double.NaN]);
        batch.Columns[1].Codes!.Select(code => code < 0 ? null : batch.Columns[1].Dictionary![code])
            .ShouldBe(["0.1", "-9223372036854775808", "12.50", "true", null, "x y"]);
    }
}
