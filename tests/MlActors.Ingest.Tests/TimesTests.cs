using System.Text;
using CsCheck;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Ingest.Tests;

public sealed class TimesTests
{
    [Theory]
    [InlineData("epoch", "1451606400", 1451606400)]
    [InlineData("epoch", "1451606400.999", 1451606400)]
    [InlineData("epoch", "1451606399.9999999999", 1451606399)]
    [InlineData("epoch", "1.4516064e9", 1451606400)]
    [InlineData("epoch", "\"1451606400\"", 1451606400)]
    [InlineData("epoch", "\" 1451606400.5 \"", 1451606400)]
    [InlineData("epoch", "0", 0)]
    [InlineData("epoch", "-1", -1)]
    [InlineData("epoch", "-0.5", -1)]
    [InlineData("epoch", "1e-400000", 0)]
    [InlineData("epoch_ms", "1451606400123", 1451606400)]
    [InlineData("epoch_ms", "1451606400123.9", 1451606400)]
    [InlineData("epoch_ms", "\"1451606400999\"", 1451606400)]
    [InlineData("epoch_ms", "999", 0)]
    [InlineData("epoch_ms", "-1", -1)]
    [InlineData("epoch_ms", "-1000", -1)]
    [InlineData("epoch_ms", "-1001", -2)]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssX", "\"2016-01-01T00:00:00Z\"", 1451606400)]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssX", "\"2016-01-01T01:00:00+01\"", 1451606400)]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSX", "\"2016-01-01T00:00:00.999Z\"", 1451606400)]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSX", "\"1969-12-31T23:59:59.999Z\"", -1)]
    [InlineData("yyyy-MM-dd HH:mm:ss", "\"2016-02-29 23:59:59\"", 1456790399)]
    [InlineData("yyyy-MM-dd HH:mm:ss", "\"\\u0032016-02-29 23:59:59\"", 1456790399)]
    [InlineData("dd/MMM/yyyy:HH:mm:ss Z", "\"01/Jan/2016:02:00:00 +0200\"", 1451606400)]
    [InlineData("yyyyMMddHHmmss", "20160101000000", 1451606400)]
    public void A_time_is_read_in_whole_seconds(string format, string time, long seconds)
    {
        var batches = Uploads.Reader(Uploads.Schema(), timeFormat: format).Read($"{{\"time\":{time}}}");
        batches.Rows().ShouldBe([seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }

    [Theory]
    [InlineData("epoch", "null")]
    [InlineData("epoch", "true")]
    [InlineData("epoch", "[1451606400]")]
    [InlineData("epoch", "{\"a\":1}")]
    [InlineData("epoch", "\"\"")]
    [InlineData("epoch", "\"today\"")]
    [InlineData("epoch", "\"2016-01-01T00:00:00Z\"")]
    [InlineData("epoch", "1e30")]
    [InlineData("epoch", "1451606400123")]
    [InlineData("epoch", "99999999999999999999")]
    [InlineData("epoch", "18446744073709551615")]
    [InlineData("epoch", "9223372036854775807")]
    [InlineData("epoch_ms", "9223372036854775807")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssX", "\"2016-01-01T00:00:00\"")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssX", "\"2016-02-30T00:00:00Z\"")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssX", "\"2016-01-01T00:00:60Z\"")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssX", "1451606400")]
    public void A_record_whose_time_cannot_be_read_is_dropped_and_counted(string format, string time)
    {
        var reader = Uploads.Reader(timeFormat: format);
        var body = $"{{\"time\":{time},\"value\":1}}";
        reader.Read(body).ShouldHaveSingleItem().Count.ShouldBe(0);
        reader.Totals.InvalidDates.ShouldBe(1);
        reader.Totals.MissingFields.ShouldBe(0);
        reader.Totals.InputBytes.ShouldBe(body.Length);
        reader.MalformedRecords.ShouldBe(0);
    }

    [Fact]
    public void A_format_that_is_none_is_refused() => Should.Throw<ArgumentException>(() => Uploads.Reader(timeFormat: "yyyy-MM"));

    [Fact]
    public void The_short_cut_for_common_patterns_agrees_with_the_general_parser()
    {
        var digit = Gen.Char['0', '9'];
        var patterns = Gen.Select(Gen.OneOf("'T'", " "), Gen.OneOf("", ".SSS", ".SSSSSS"), Gen.OneOf("", "X", "XX", "XXX"))
            .Select((t, s, x) => $"yyyy-MM-dd{t}HH:mm:ss{s}{x}");
        var dates = Gen.Select(Gen.Int[0, 9999], Gen.Int[0, 13], Gen.Int[0, 32], Gen.Int[0, 24], Gen.Int[0, 60], Gen.Int[0, 60])
            .Select((year, month, day, hour, minute, second) => (year, month, day, hour, minute, second));
        var zones = Gen.OneOf("", "Z", "+01", "+0100", "+01:00", "-05:30");
        Gen.Select(patterns, dates, zones, Gen.OneOf("", ".123", ".999999", ".12x", "."), Gen.Int[0, 40], digit)
            .Sample((pattern, d, zone, fraction, at, change) =>
            {
                var text = $"{d.year:0000}-{d.month:00}-{d.day:00}{(pattern.Contains('T') ? 'T' : ' ')}{d.hour:00}:{d.minute:00}:{d.second:00}{fraction}{zone}";
                if (at < text.Length) text = text[..at] + change + text[(at + 1)..];
                var layout = IsoLayout.For(pattern).ShouldNotBeNull();
                if (!layout.TryParse(Encoding.UTF8.GetBytes(text), out var seconds)) return;
                JavaDatePattern.TryCompile(pattern, out var general, out _).ShouldBeTrue();
                general!.TryParse(text, out var milliseconds).ShouldBeTrue();
                seconds.ShouldBe((long)Math.Floor(milliseconds / 1000.0));
            }, iter: 20_000);
    }

    [Fact]
    public void The_short_cut_takes_the_usual_times()
    {
        IsoLayout.For("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")!.TryParse("2024-02-29T12:34:56.789Z"u8, out var seconds).ShouldBeTrue();
        seconds.ShouldBe(1709210096);
        IsoLayout.For("yyyy-MM-dd HH:mm:ss")!.TryParse("0001-01-01 00:00:00"u8, out seconds).ShouldBeTrue();
        seconds.ShouldBe(-62135596800);
        IsoLayout.For("yyyy-MM-dd HH:mm").ShouldBeNull();
    }
}
