using System.Text;

namespace MlActors.Ingest.Tests;

public sealed class DamageTests
{
    private static readonly RecordReaderOptions Short = new() { MaxRecordBytes = 100 };

    // Rows are "time value host".
    [Theory]
    [InlineData("{\"time\":1,\"value\":}\n{\"time\":2}", "2")]
    [InlineData("[{\"time\":1,\"value\":},{\"time\":2},{\"time\":3}]", "2 3")]
    [InlineData("{\"time\":1}\n{\"time\":2,\"host\":\"open\n{\"time\":3}\n", "1 3")]
    [InlineData("{\"time\":1}\n{\"time\":2,\"host\":\n{\"time\":3}\n{\"time\":4}\n", "1 4")]
    [InlineData("{\"time\":1,\n{\"time\":2}\n", "2")]
    [InlineData("{\"time\":1}\ngarbage\n{\"time\":2}\n", "1 2")]
    [InlineData("{\"time\":1}}\n{\"time\":2}\n", "1 2")]
    [InlineData("{\"time\":1} 17 \"text\"\n{\"time\":2}\n", "1 2")]
    [InlineData("{\n  \"time\": 1,\n  \"value\": x\n}\n{\n  \"time\": 2\n}\n", "2")]
    [InlineData("{\n  \"time\": 1,\n  \"x\": y,\n  \"n\": {\n    \"c\": 1\n  },\n  \"d\": 3\n}\n{\"time\":2}", "2")]
    [InlineData("{\"time\":1,}{\"time\":2}", "2")]
    [InlineData("{\"time\":01}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":.5}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":1.}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":+1}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":1e}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":NaN}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":truE}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":'y'}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":\"\\x\"}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":\"\\u12g4\"}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":\"a\tb\"}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":[1,]}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":[1 2]}{\"time\":2}", "2")]
    [InlineData("{\"time\":1,\"x\":[{\"y\"}]}{\"time\":2}", "2")]
    [InlineData("{\"time\":1 \"x\":1}{\"time\":2}", "2")]
    [InlineData("{\"time\" 1}{\"time\":2}", "2")]
    [InlineData("{time:1}{\"time\":2}", "2")]
    [InlineData("{\"time\":1]{\"time\":2}\n{\"time\":3}", "3")]
    [InlineData("{\"time\":1}{\"time\":2", "1")]
    [InlineData("[{\"time\":1},{\"time\":2,\"host\":\"cut", "1")]
    [InlineData("{\"time\":1}\n{\"time\":2,\"x\":tr", "1")]
    public void A_damaged_record_is_skipped_and_reading_goes_on(string body, string times)
    {
        foreach (var size in new[] { 1, 3, 4096 })
        {
            var reader = Uploads.Reader(Uploads.Schema());
            string.Join(' ', reader.Read(body, size).Rows()).ShouldBe(times);
            reader.MalformedRecords.ShouldBe(1);
            reader.Totals.InputBytes.ShouldBe(body.Length);
        }
    }

    [Fact]
    public void The_hundredth_damaged_record_ends_the_upload()
    {
        var line = "{\"time\":1,\"value\":oops}\n";
        var most = string.Concat(Enumerable.Repeat(line, 99));
        var tolerant = Uploads.Reader();
        tolerant.Read(most + "{\"time\":1}").Rows().Length.ShouldBe(1);
        tolerant.MalformedRecords.ShouldBe(99);

        var error = Should.Throw<MalformedInputException>(() => Uploads.Reader().Read(most + line));
        error.Damaged.ShouldBe(100);
        error.Line.ShouldBe(100);
        error.Offset.ShouldBe((99 * line.Length) + line.IndexOf("oops", StringComparison.Ordinal));
        error.Message.ShouldContain($"byte {error.Offset} (line 100)");
    }

    [Fact]
    public void Place_and_line_of_the_damage_are_right_far_into_a_body()
    {
        var good = "{\"time\":1,\"host\":\"a\"}\n";
        var body = string.Concat(Enumerable.Repeat(good, 20_000)) + "\n\n{\"time\":1,\n\"host\" \"a\"}";
        var error = Should.Throw<MalformedInputException>(() => Uploads.Reader(options: new RecordReaderOptions { MaxMalformedRecords = 1 }).Read(body, 1000));
        error.Offset.ShouldBe(body.LastIndexOf("\"a\"", StringComparison.Ordinal));
        error.Line.ShouldBe(20_000 + 4);
    }

    [Fact]
    public void Records_up_to_the_limit_are_read_and_longer_ones_refused()
    {
        var frame = "{\"time\":1,\"host\":\"\"}".Length;
        string Record(int length) => $"{{\"time\":1,\"host\":\"{new string('x', length - frame)}\"}}";
        foreach (var size in new[] { 1, 7, 4096 })
        {
            Uploads.Reader(options: Short).Read(Record(100) + Record(100), size).Rows().Length.ShouldBe(2);
            var error = Should.Throw<RecordTooLargeException>(() => Uploads.Reader(options: Short).Read("\n " + Record(101), size));
            error.Offset.ShouldBe(2);
            error.Limit.ShouldBe(100);
        }
    }

    [Theory]
    [InlineData("{\"host\":\"")]
    [InlineData("{\"host\":[")]
    [InlineData("{\"host\":1")]
    [InlineData("{ ")]
    public void A_record_that_never_ends_is_refused_at_the_limit(string start)
    {
        foreach (var size in new[] { 1, 7, 4096 })
        {
            var body = start + new string('1', 1000);
            if (start == "{ ") body = start + new string(' ', 1000);
            Should.Throw<RecordTooLargeException>(() => Uploads.Reader(options: Short).Read(body, size)).Offset.ShouldBe(0);
        }
    }

    [Fact]
    public void A_large_record_in_tiny_pieces_is_scanned_only_a_few_times()
    {
        var body = Encoding.UTF8.GetBytes($"{{\"time\":1,\"x\":\"{new string('y', 1 << 20)}\",\"host\":\"a\"}}");
        var reader = Uploads.Reader();
        reader.Read(body, 2).Rows().ShouldBe(["1 - 'a' -"]);
        reader.RescannedBytes.ShouldBeLessThan(2L * body.Length);
    }
}
