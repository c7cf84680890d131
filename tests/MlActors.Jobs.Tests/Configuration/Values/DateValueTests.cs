using CsCheck;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Tests.Configuration.Values;

public sealed class DateValueTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2024-03-31T10:20:30.400Z");

    [Theory]
    [InlineData("0", "1970-01-01T00:00:00Z")]
    [InlineData("1700000000", "2023-11-14T22:13:20Z")]
    [InlineData("1700000000000", "2023-11-14T22:13:20Z")]
    [InlineData("-3600", "1969-12-31T23:00:00Z")]
    [InlineData("2024-02", "2024-02-01T00:00:00Z")]
    [InlineData("2024-02-29", "2024-02-29T00:00:00Z")]
    [InlineData("2024-02-29T12", "2024-02-29T12:00:00Z")]
    [InlineData("2024-02-29T12:30", "2024-02-29T12:30:00Z")]
    [InlineData("2024-02-29 12:30:15", "2024-02-29T12:30:15Z")]
    [InlineData("2024-02-29T12:30:15.1Z", "2024-02-29T12:30:15.1Z")]
    [InlineData("2024-02-29T12:30:15,123456789+02:00", "2024-02-29T10:30:15.123Z")]
    [InlineData("2024-02-29T12:30:15-0330", "2024-02-29T16:00:15Z")]
    [InlineData("2024-02-29T12:30:15+01", "2024-02-29T11:30:15Z")]
    [InlineData("now", "2024-03-31T10:20:30.400Z")]
    [InlineData("now-1h", "2024-03-31T09:20:30.400Z")]
    [InlineData("now-1h+30m", "2024-03-31T09:50:30.400Z")]
    [InlineData("now+d", "2024-04-01T10:20:30.400Z")]
    [InlineData("now-1M", "2024-02-29T10:20:30.400Z")]
    [InlineData("now/d", "2024-03-31T00:00:00Z")]
    [InlineData("now-1w/w", "2024-03-18T00:00:00Z")]
    [InlineData("now/y", "2024-01-01T00:00:00Z")]
    [InlineData("2024-02-29||+1y/M", "2025-02-01T00:00:00Z")]
    public void The_forms_of_a_date_are_read(string text, string expected) =>
        DateValue.Parse(text, "start", Now).ShouldBe(DateTimeOffset.Parse(expected).ToUnixTimeMilliseconds());

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2024-02-30")]
    [InlineData("2024-02-29T25:00")]
    [InlineData("2024-02-29T12:30:15.1234567890Z")]
    [InlineData("now-")]
    [InlineData("now-1")]
    [InlineData("now-1x")]
    [InlineData("now*1h")]
    [InlineData("now/2d")]
    [InlineData("now-99999999999h")]
    [InlineData("now+9999y")]
    [InlineData("2024-02-29||*")]
    [InlineData("99999999999999999")]
    [InlineData("999999999999999999999999")]
    public void What_is_no_date_is_refused_with_the_fix(string text)
    {
        var refusal = Should.Throw<InvalidConfigException>(() => DateValue.Parse(text, "start", Now));
        refusal.Message.ShouldStartWith($"[start] [{text}]");
        refusal.Message.ShouldContain("ISO 8601");
    }

    [Fact]
    public void Every_instant_in_ISO_8601_is_read_back() =>
        Gen.Long[DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()].Sample(ms =>
            DateValue.Parse(DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("O"), "f", Now) == ms);

    [Fact]
    public void Any_text_never_throws() =>
        Gen.Select(Gen.OneOf("", "now", "2024-02-29", "2024-02-29||"), Gen.String[Gen.Char["0123456789+-/|:.,TZyMwdhms now"], 0, 12])
            .Sample((anchor, text) => { _ = DateValue.TryParse(anchor + text, Now, out _, out _); });
}
