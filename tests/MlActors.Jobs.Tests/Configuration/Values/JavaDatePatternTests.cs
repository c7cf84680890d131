using System.Text;
using CsCheck;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Tests.Configuration.Values;

public sealed class JavaDatePatternTests
{
    // The expected instants are written in ISO 8601 and were worked out by hand.
    [Theory]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-02-29 23:59:58", "2024-02-29T23:59:58Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-02-29T23:59:58.123Z", "2024-02-29T23:59:58.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-02-29T23:59:58.123+02", "2024-02-29T21:59:58.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-02-29T23:59:58.123+0530", "2024-02-29T18:29:58.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSXX", "2024-02-29T23:59:58.123-0330", "2024-03-01T03:29:58.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2024-02-29T23:59:58.123-03:30", "2024-03-01T03:29:58.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssXXXXX", "2024-01-01T00:00:10+00:00:10", "2024-01-01T00:00:00Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSSSS", "1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSxxx", "1969-12-31T23:59:59.000000001+00:00", "1969-12-31T23:59:59Z")]
    [InlineData("yyyyMMddHHmmss", "20240301010203", "2024-03-01T01:02:03Z")]
    [InlineData("yyyyMMddHHmmssSSS", "20240301010203456", "2024-03-01T01:02:03.456Z")]
    [InlineData("yMMddHH", "2024030101", "2024-03-01T01:00:00Z")]
    [InlineData("dMMyyyyHH", "10320241" + "2", "2024-03-01T12:00:00Z")]
    [InlineData("yy/M/d H:m", "24/3/1 7:5", "2024-03-01T07:05:00Z")]
    [InlineData("uuuu-DDD HH", "2024-060 05", "2024-02-29T05:00:00Z")]
    [InlineData("EEE MMM dd HH:mm:ss yyyy", "Thu Feb 29 01:02:03 2024", "2024-02-29T01:02:03Z")]
    [InlineData("EEEE, d MMMM yyyy HH:mm:ss z", "thursday, 29 FEBRUARY 2024 01:02:03 EST", "2024-02-29T06:02:03Z")]
    [InlineData("dd/MMM/yyyy:HH:mm:ss Z", "10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36Z")]
    [InlineData("MM/dd/yyyy hh:mm:ss a", "02/29/2024 12:00:01 AM", "2024-02-29T00:00:01Z")]
    [InlineData("MM/dd/yyyy hh:mm:ss a", "02/29/2024 12:00:01 pm", "2024-02-29T12:00:01Z")]
    [InlineData("MM/dd/yyyy KK:mm a", "02/29/2024 00:30 PM", "2024-02-29T12:30:00Z")]
    [InlineData("yyyy-MM-dd kk:mm", "2024-02-29 24:30", "2024-02-29T00:30:00Z")]
    [InlineData("yyyy-MM-dd HH:mm", "2024-02-29 24:00", "2024-03-01T00:00:00Z")]
    [InlineData("yyyy-MM-dd A", "2024-02-29 3600001", "2024-02-29T01:00:00.001Z")]
    [InlineData("yyyy-MM-dd N", "2024-02-29 3600001000000", "2024-02-29T01:00:00.001Z")]
    [InlineData("yyyy-MM-dd HH:mm:ss,n", "2024-02-29 01:00:00,5000000", "2024-02-29T01:00:00.005Z")]
    [InlineData("yyyy-MM-dd HH[:mm[:ss]]", "2024-02-29 01", "2024-02-29T01:00:00Z")]
    [InlineData("yyyy-MM-dd HH[:mm[:ss]]", "2024-02-29 01:02", "2024-02-29T01:02:00Z")]
    [InlineData("yyyy-MM-dd HH[:mm[:ss", "2024-02-29 01:02:03", "2024-02-29T01:02:03Z")]
    [InlineData("[dd.MM.yyyy][yyyy-MM-dd] HH", "2024-02-29 01", "2024-02-29T01:00:00Z")]
    [InlineData("[dd.MM.yyyy][yyyy-MM-dd] HH", "29.02.2024 01", "2024-02-29T01:00:00Z")]
    [InlineData("yyyy-MM-dd HH 'o''clock' VV", "2024-07-01 12 o'clock Europe/Berlin", "2024-07-01T10:00:00Z")]
    [InlineData("yyyy-MM-dd HH''VV", "2024-01-01 12'Europe/Berlin", "2024-01-01T11:00:00Z")]
    [InlineData("yyyy-MM-dd'T'HH:mmXXX'['VV']'", "2024-01-01T12:00+02:00[Europe/Berlin]", "2024-01-01T10:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm VV", "2024-01-01 12:00 UTC+01:30", "2024-01-01T10:30:00Z")]
    [InlineData("yyyy-MM-dd HH:mm VV", "2024-01-01 12:00 -08:00", "2024-01-01T20:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm O", "2024-01-01 12:00 GMT+8", "2024-01-01T04:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm ZZZZ", "2024-01-01 12:00 GMT-08:30", "2024-01-01T20:30:00Z")]
    [InlineData("yyyy-MM-dd HH:mm O", "2024-01-01 12:00 GMT", "2024-01-01T12:00:00Z")]
    [InlineData("yyyy年MM月dd日 HH时", "2024年02月29日 01时", "2024-02-29T01:00:00Z")]
    public void A_text_of_the_pattern_is_the_instant_it_says(string pattern, string text, string expected)
    {
        Compile(pattern).TryParse(text, out var ms).ShouldBeTrue();
        ms.ShouldBe(DateTimeOffset.Parse(expected).ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("2024-03-31 02:30", "2024-03-31T01:30:00Z")] // skipped: counted on from before the change
    [InlineData("2024-10-27 02:30", "2024-10-27T00:30:00Z")] // comes twice: the first
    public void Local_times_around_a_change_of_the_clock_are_resolved_as_Java_does(string text, string expected)
    {
        Compile("yyyy-MM-dd HH:mm VV").TryParse(text + " Europe/Berlin", out var ms).ShouldBeTrue();
        ms.ShouldBe(DateTimeOffset.Parse(expected).ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-02-30 00:00:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2023-02-29 00:00:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-13-01 00:00:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-01-01 25:00:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-01-01 24:00:01")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-01-01 00:60:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-01-01 00:00:60")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-01-01 00:00:0")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-1-01 00:00:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-01-01 00:00:00 ")]
    [InlineData("yyyy-MM-dd HH:mm:ss", " 2024-01-01 00:00:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "0000-01-01 00:00:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "9999-12-31 24:00:00")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "")]
    [InlineData("yyyy-MM-dd HH:mm:ssXXX", "2024-01-01 00:00:00+0100")]
    [InlineData("yyyy-MM-dd HH:mm:ssXX", "2024-01-01 00:00:00+01:00")]
    [InlineData("yyyy-MM-dd HH:mm:ssxx", "2024-01-01 00:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm:ssX", "2024-01-01 00:00:00+19")]
    [InlineData("yyyy-MM-dd HH:mm:ss VV", "2024-01-01 00:00:00 Nowhere/Town")]
    [InlineData("yyyy-MM-dd HH:mm:ss VV", "2024-01-01 00:00:00 ../../etc/passwd")]
    [InlineData("yyyy-DDD HH", "2023-366 00")]
    [InlineData("EEE yyyy-MM-dd HH", "Fri 2024-02-29 00")] // a Thursday
    [InlineData("yyyy-MM-dd HH hh a", "2024-02-29 13 02 PM")] // 13 and 2 p.m.
    [InlineData("yyyy-MM-dd [HH]", "2024-02-29 ")]
    [InlineData("MM/dd/yyyy hh a", "02/29/2024 13 PM")]
    [InlineData("MM/dd/yyyy hh a", "02/29/2024 00 PM")]
    public void What_is_no_such_date_is_refused(string pattern, string text)
    {
        Compile(pattern).TryParse(text, out var ms).ShouldBeFalse();
        ms.ShouldBe(0);
    }

    [Theory]
    [InlineData("HH:mm:ss", "yyyy-MM-dd")]
    [InlineData("MM-dd HH:mm", "yyyy-MM-dd")]
    [InlineData("yyyy-MM-dd", "HH")]
    [InlineData("yyyy-MM-dd hh:mm", "[a]")]
    [InlineData("yyyy-MM-dd hh:mm b", "[b]")]
    [InlineData("YYYY-MM-dd HH:mm", "[y]")]
    [InlineData("yyyy-MM-ddTHH:mm", "[T]")]
    [InlineData("yyyy-MM-dd'T HH:mm", "not closed")]
    [InlineData("yyyy-MM-dd] HH:mm", "single quotes")]
    [InlineData("yyyy-MM-dd {HH}", "reserved")]
    [InlineData("yyyy-MM-ddd HH", "[ddd]")]
    [InlineData("", "1 to 256")]
    public void A_pattern_without_a_full_timestamp_or_with_a_mistake_is_refused_with_the_fix(string pattern, string hint)
    {
        JavaDatePattern.TryCompile(pattern, out _, out var problem).ShouldBeFalse();
        problem.ShouldContain(hint);
    }

    [Theory]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.fff", "yyyy-MM-dd'T'HH:mm:ss.SSS")]
    [InlineData("yyyyMMddHHmmssfff", "yMMddHHmmssSSS")]
    [InlineData("dd.MM.yyyy hh:mm:ss.fff tt", "d.M.y h:m:s.SSS[ ]a")]
    [InlineData("ddd, dd MMM yyyy HH:mm:ss.fff", "EEE, dd MMM yyyy HH:mm:ss.SSS[XXX]")]
    public void Every_instant_written_by_an_independent_formatter_is_read_back(string format, string pattern)
    {
        var compiled = Compile(pattern);
        Gen.Long[DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()].Sample(ms =>
        {
            var text = DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString(format, System.Globalization.CultureInfo.InvariantCulture);
            return compiled.TryParse(text, out var read) && read == ms;
        });
    }

    [Fact]
    public void Any_bytes_against_any_pattern_never_throw()
    {
        var letters = Gen.String[Gen.Char["yuMdDEaHhKkmsSAnNXxZOzV[]' -:.T"], 0, 24];
        Gen.Select(letters, Gen.Byte.Array[0, 40]).Sample((pattern, bytes) =>
        {
            if (JavaDatePattern.TryCompile("yyyy-MM-dd HH" + pattern, out var compiled, out _))
            {
                _ = compiled.TryParse(bytes, out _);
                _ = compiled.TryParse([.. "2024-02-29 12"u8, .. bytes], out _);
            }
        });
    }

    [Fact]
    public void Reading_does_not_allocate()
    {
        var pattern = Compile("EEE, dd MMM yyyy HH:mm:ss.SSS[ XXX][ VV]");
        var texts = new[] { "Thu, 29 Feb 2024 01:02:03.004 +01:00", "Thu, 29 Feb 2024 01:02:03.004 Europe/Berlin", "nonsense" }
            .Select(Encoding.UTF8.GetBytes).ToArray();
        Run(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
                foreach (var text in texts) _ = pattern.TryParse(text, out _);
        }
    }

    private static JavaDatePattern Compile(string pattern)
    {
        JavaDatePattern.TryCompile(pattern, out var compiled, out var problem).ShouldBeTrue(problem);
        return compiled!;
    }
}
