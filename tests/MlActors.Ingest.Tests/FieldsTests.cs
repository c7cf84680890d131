using System.Text;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

public sealed class FieldsTests
{
    [Theory]
    [InlineData("5", "5", "'5'")]
    [InlineData("5.50", "5.5", "'5.50'")]
    [InlineData("-1.5e3", "-1500", "'-1.5e3'")]
    [InlineData("1e400", "-", "'1e400'")]
    [InlineData("-0.0", "-0", "'-0.0'")]
    [InlineData("0.1", "0.1", "'0.1'")]
    [InlineData("123456789012345678901234567890", "1.2345678901234568E+29", "'123456789012345678901234567890'")]
    [InlineData("\"5\"", "5", "'5'")]
    [InlineData("\" 5.25 \"", "5.25", "' 5.25 '")]
    [InlineData("\"+.5\"", "0.5", "'+.5'")]
    [InlineData("\"\\u0035\"", "5", "'5'")]
    [InlineData("\"1,5\"", "-", "'1,5'")]
    [InlineData("\"0x10\"", "-", "'0x10'")]
    [InlineData("\"NaN\"", "-", "'NaN'")]
    [InlineData("\"Infinity\"", "-", "'Infinity'")]
    [InlineData("\"five\"", "-", "'five'")]
    [InlineData("\"\"", "-", "''")]
    [InlineData("true", "-", "'true'")]
    [InlineData("false", "-", "'false'")]
    [InlineData("null", "-", "''")]
    [InlineData("[5]", "5", "'5'")]
    [InlineData("[1, \"b\" ,true,null,2.50]", "-", "'1,b,true,,2.50'")]
    [InlineData("[ \"a,\\\"b\\\"]\", \"\\\\\" ]", "-", "'a,\"b\"],\\'")]
    [InlineData("[ ]", "-", "''")]
    [InlineData("[{\"x\":1}]", "-", "-")]
    [InlineData("[1,[2]]", "-", "-")]
    [InlineData("{}", "-", "-")]
    [InlineData("{\"x\":1}", "-", "-")]
    public void A_value_is_kept_as_number_and_as_text(string value, string number, string text)
    {
        var reader = Uploads.Reader(Uploads.Schema(Uploads.Number("v"), Uploads.Text("v")));
        reader.Read($"{{\"time\":1,\"v\":{value}}}").Rows().ShouldBe([$"1 {number} {text}"]);
        reader.MalformedRecords.ShouldBe(0);
        reader.Totals.MissingFields.ShouldBe(number == "-" ? 1 : 0);
    }

    [Theory]
    [InlineData("\"51.5,-0.12\"", "'51.5,-0.12'")]
    [InlineData("\"51.5, -0.12\"", "'51.5, -0.12'")]
    [InlineData("[51.5,-0.12]", "'51.5,-0.12'")]
    [InlineData("\"POINT (-0.12 51.5)\"", "'POINT (-0.12 51.5)'")]
    [InlineData("\"91,0\"", "-")]
    [InlineData("\"here\"", "-")]
    [InlineData("\"\"", "-")]
    [InlineData("null", "-")]
    [InlineData("51.5", "-")]
    [InlineData("{\"lat\":51.5,\"lon\":-0.12}", "-")]
    public void A_place_is_kept_as_it_is_and_all_else_is_missing(string value, string point)
    {
        var reader = Uploads.Reader(Uploads.Schema(Uploads.Point("v")));
        reader.Read($"{{\"time\":1,\"v\":{value}}}").Rows().ShouldBe([$"1 {point}"]);
        reader.Totals.MissingFields.ShouldBe(point == "-" ? 1 : 0);
    }

    [Theory]
    [InlineData("""{"time":1,"a":{"b":{"c":7}}}""")]
    [InlineData("""{"a":{"b":{"c":7}},"time":1}""")]
    [InlineData("""{"time":1,"a.b.c":7}""")]
    [InlineData("""{"time":1,"a.b":{"c":7}}""")]
    [InlineData("""{"time":1,"a":{"b.c":7}}""")]
    [InlineData("""{"time":1,"a":{"x":1,"b":{"c":{"d":2},"c":7}}}""")]
    [InlineData("""{"time":1,"a":{"b":{"c":6}},"a.b":{"c":7}}""")]
    [InlineData("""{"time":1,"\u0061":{"\u0062.c":7}}""")]
    public void A_dotted_name_is_found_nested_and_written_with_dots(string record) =>
        Uploads.Reader(Uploads.Schema(Uploads.Number("a.b.c"))).Read(record).Rows().ShouldBe(["1 7"]);

    [Theory]
    [InlineData("""{"time":1,"b":{"c":7}}""")]
    [InlineData("""{"time":1,"x":{"a":{"b":{"c":7}}}}""")]
    [InlineData("""{"time":1,"a":[{"b":{"c":7}}]}""")]
    [InlineData("""{"time":1,"a":{"b":{"cc":7}}}""")]
    [InlineData("""{"time":1,"a":{"b":7}}""")]
    [InlineData("""{"time":1,"a.b.c.d":7}""")]
    [InlineData("""{"time":1,"A":{"b":{"c":7}}}""")]
    public void Other_paths_are_not_taken_for_it(string record) =>
        Uploads.Reader(Uploads.Schema(Uploads.Number("a.b.c"))).Read(record).Rows().ShouldBe(["1 -"]);

    [Fact]
    public void The_time_field_may_be_nested_and_a_column_at_once()
    {
        var reader = Uploads.Reader(Uploads.Schema(Uploads.Text("event.time"), Uploads.Number("event.time")), timeField: "event.time");
        reader.Read("""{"event":{"time":12,"x":1}}""").Rows().ShouldBe(["12 '12' 12"]);
        reader.Totals.InputFields.ShouldBe(1);
    }

    [Fact]
    public void Of_a_repeated_key_the_last_value_counts() =>
        Uploads.Reader().Read("""{"time":9,"host":"a","value":1,"time":1,"host":"b","value":2,"value":3}""").Rows().ShouldBe(["1 3 'b' '3'"]);

    [Fact]
    public void All_fields_but_the_time_are_counted_those_of_nested_objects_each()
    {
        var reader = Uploads.Reader();
        reader.Read("""{"time":1,"value":1,"x":{"y":1,"z":{"u":null,"v":{}}},"list":[1,2],"deep":[{"a":1,"b":2}]}""");
        reader.Totals.InputFields.ShouldBe(5);
    }

    [Fact]
    public void Each_field_a_record_lacks_counts_once_also_when_it_has_two_columns()
    {
        var reader = Uploads.Reader();
        reader.Read("""{"time":1}{"time":2,"host":"a"}{"time":3,"host":null,"value":"x"}{"time":4,"host":"a","value":1}{"host":"b"}""");
        reader.Totals.MissingFields.ShouldBe(2 + 1 + 1 + 0);
        reader.Totals.InvalidDates.ShouldBe(1);
    }

    [Theory]
    [InlineData(@"\ud83d\ude00", "😀")]
    [InlineData(@"\ud83d", "\uFFFD")]
    [InlineData(@"\ude00", "\uFFFD")]
    [InlineData(@"\ud83d\ud83d\ude00", "\uFFFD😀")]
    [InlineData(@"\ud83dx", "\uFFFDx")]
    [InlineData(@"\""\\\/\b\f\n\r\t\u00e9", "\"\\/\b\f\n\r\té")]
    [InlineData("ünï字😀", "ünï字😀")]
    public void Escapes_are_resolved_and_half_surrogate_pairs_replaced(string raw, string text) =>
        Uploads.Reader(Uploads.Schema(Uploads.Text("v"))).Read($"{{\"time\":1,\"v\":\"{raw}\"}}").Rows().ShouldBe([$"1 '{text}'"]);

    [Fact]
    public void Invalid_utf8_is_replaced()
    {
        byte[] body = [.. "{\"time\":1,\"v\":\"a"u8, 0xFF, 0xC3, .. "b\"}{\"time\":2,\"v\":\"a\\uFFFD\\uFFFDb\"}"u8];
        var batch = Uploads.Reader(Uploads.Schema(Uploads.Text("v"))).Read(body).ShouldHaveSingleItem();
        batch.Columns[0].Dictionary.ShouldBe(["a\uFFFD\uFFFDb"]);
    }

    [Theory]
    [InlineData("abcde", "abcde")]
    [InlineData("abcdef", "abcde")]
    [InlineData("abcd😀", "abcd")]
    [InlineData("abc😀f", "abc😀")]
    [InlineData("äöüßéx", "äöüßé")]
    [InlineData("字字字字字字", "字字字字字")]
    [InlineData(@"a\u00e9\n\u00e9\n\u00e9", "aé\né\n")]
    public void A_text_longer_than_is_of_use_is_cut_between_characters(string raw, string text)
    {
        var batch = Uploads.Reader(Uploads.Schema(Uploads.Text("v") with { MaxLength = 5 })).Read($"{{\"time\":1,\"v\":\"{raw}\"}}").ShouldHaveSingleItem();
        batch.Columns[0].Dictionary.ShouldBe([text]);
    }

    [Fact]
    public void Texts_that_differ_only_beyond_it_are_one()
    {
        var reader = Uploads.Reader(Uploads.Schema(Uploads.Text("v") with { MaxLength = 3 }));
        var batch = reader.Read("""{"time":1,"v":"abcd"}{"time":1,"v":"abce"}""").ShouldHaveSingleItem();
        (string.Join(' ', batch.Columns[0].Codes!), batch.Columns[0].Dictionary!.Single()).ShouldBe(("0 0", "abc"));
    }

    [Fact]
    public void One_text_has_one_code_however_it_is_written()
    {
        var batch = Uploads.Reader(Uploads.Schema(Uploads.Text("v")))
            .Read("""
                {"time":1,"v":"A/b"}{"time":1,"v":"x"}{"time":1,"v":"\u0041\/b"}
                {"time":1,"v":["A/b"]}{"time":1,"v":"A\\/b"}{"time":1}
                """).ShouldHaveSingleItem();
        batch.Columns[0].Codes.ShouldBe([0, 1, 0, 0, 2, -1]);
        batch.Columns[0].Dictionary.ShouldBe(["A/b", "x", @"A\/b"]);
    }

    [Fact]
    public void The_texts_of_dropped_records_are_not_in_the_dictionary()
    {
        var batch = Uploads.Reader().Read("""{"host":"gone"}{"time":1,"host":"kept"}{"time":"never","host":"gone"}""").ShouldHaveSingleItem();
        batch.Columns[1].Dictionary.ShouldBe(["kept"]);
        batch.Input.InvalidDates.ShouldBe(2);
    }

    [Fact]
    public void Each_batch_has_a_dictionary_of_its_own_in_order_of_appearance()
    {
        var options = new RecordReaderOptions { MaxBatchBytes = 3 * (8 + 8 + 4 + 4) + 1 };
        var lines = new[] { "b", "a", "a", "a", "b", "c" }.Select((host, i) => $"{{\"time\":{i},\"host\":\"{host}\",\"value\":1}}");
        var batches = Uploads.Reader(options: options).Read(string.Join('\n', lines));
        batches.Count.ShouldBeGreaterThan(1);
        batches.Rows().ShouldBe(["0 1 'b' '1'", "1 1 'a' '1'", "2 1 'a' '1'", "3 1 'a' '1'", "4 1 'b' '1'", "5 1 'c' '1'"]);
        foreach (var batch in batches)
            batch.Columns[1].Codes!.Distinct().ShouldBe(Enumerable.Range(0, batch.Columns[1].Dictionary!.Length));
    }

    [Fact]
    public void Many_different_texts_keep_their_codes()
    {
        var body = new StringBuilder();
        for (var i = 0; i < 60_000; i++) body.Append($"{{\"time\":{i},\"host\":\"h{i % 7001}-{new string('x', i % 50)}\"}}\n");
        var rows = Uploads.Reader().Read(body.ToString()).Rows();
        rows.Length.ShouldBe(60_000);
        for (var i = 0; i < rows.Length; i++) rows[i].ShouldBe($"{i} - 'h{i % 7001}-{new string('x', i % 50)}' -");
    }

    [Fact]
    public void A_column_cannot_be_there_twice() =>
        Should.Throw<ArgumentException>(() => Uploads.Reader(Uploads.Schema(Uploads.Text("v"), Uploads.Text("v"))));
}
