using CsCheck;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Tests.Configuration.Values;

public sealed class TimeValueTests
{
    [Theory]
    [InlineData("5m", 300, "5m")]
    [InlineData("300s", 300, "300s")]
    [InlineData(" 60M ", -1, "")]
    [InlineData("60 H", 216000, "60h")]
    [InlineData("1D", 86400, "1d")]
    [InlineData("05m", 300, "5m")]
    [InlineData("0", 0, "0s")]
    [InlineData("0d", 0, "0d")]
    [InlineData("1500ms", 1, "1500ms")]
    [InlineData("2000000micros", 2, "2000000micros")]
    [InlineData("3000000000nanos", 3, "3000000000nanos")]
    [InlineData("1.0h", 3600, "1h")]
    public void A_number_and_a_unit_are_a_duration_that_keeps_its_unit(string text, long seconds, string written)
    {
        TimeValue.TryParse(text, out var value, out _).ShouldBe(seconds >= 0);
        if (seconds < 0) return;
        value.TotalSeconds.ShouldBe(seconds);
        value.ToString().ShouldBe(written);
    }

    [Theory]
    [InlineData("", "units")]
    [InlineData("5", "units")]
    [InlineData("m", "units")]
    [InlineData("5 apples", "units")]
    [InlineData("5M", "units")]
    [InlineData("1e3s", "units")]
    [InlineData("1,5s", "units")]
    [InlineData("-1", "units")]
    [InlineData("-5m", "negative")]
    [InlineData("1.5h", "90m")]
    [InlineData("0.5d", "12h")]
    [InlineData("0.0015s", "1500micros")]
    [InlineData("10675200d", "10675199d")]
    [InlineData("99999999999999999999d", "10675199d")]
    public void What_is_no_duration_is_refused_with_the_fix(string text, string fix)
    {
        var refusal = Should.Throw<InvalidConfigException>(() => TimeValue.Parse(text, "timeout"));
        refusal.Problems.Single().Path.ShouldBe("timeout");
        refusal.Message.ShouldContain($"[{text}]");
        refusal.Message.ShouldContain(fix);
    }

    [Fact]
    public void Minus_one_means_never_only_where_that_is_allowed()
    {
        TimeValue.Parse("-1", "expires_in", allowMinusOne: true).ShouldBe(TimeValue.MinusOne);
        TimeValue.MinusOne.ToString().ShouldBe("-1");
        TimeValue.TryParse("-2", out _, out _, allowMinusOne: true).ShouldBeFalse();
    }

    [Fact]
    public void Less_than_a_tick_is_never_taken_for_nothing()
    {
        TimeValue.Parse("1nanos", "f").Duration.ShouldBe(TimeSpan.FromTicks(1));
        TimeValue.Parse("5nanos", "f").IsWholeSeconds.ShouldBeFalse();
    }

    [Fact]
    public void Every_duration_is_read_back_as_it_was_written() =>
        Gen.OneOf(Gen.Long[0, TimeSpan.MaxValue.Ticks], Gen.Long[0, 10_000_000].Select(seconds => seconds * TimeSpan.TicksPerSecond)).Sample(ticks =>
            // Nanoseconds of more than 292 years do not fit into a count.
            ticks % 10 != 0 && ticks > long.MaxValue / 100 || TimeValue.Parse(TimeValue.Format(TimeSpan.FromTicks(ticks)), "f").Duration.Ticks == ticks);

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(90, "90s")]
    [InlineData(5400, "90m")]
    [InlineData(2592000, "30d")]
    public void The_largest_unit_that_leaves_a_whole_number_is_written(long seconds, string text) =>
        TimeValue.Format(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
