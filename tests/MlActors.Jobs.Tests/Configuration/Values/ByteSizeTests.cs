using CsCheck;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Tests.Configuration.Values;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1b", 1)]
    [InlineData("1kb", 1024)]
    [InlineData("1K", 1024)]
    [InlineData(" 512 MB ", 512L << 20)]
    [InlineData("1g", 1L << 30)]
    [InlineData("1.5gb", 3L << 29)]
    [InlineData("2tb", 2L << 40)]
    [InlineData("3pb", 3L << 50)]
    [InlineData("0.0001kb", 0)]
    public void A_number_and_a_unit_are_a_size(string text, long bytes) => ByteSize.Parse(text, "f").Bytes.ShouldBe(bytes);

    [Theory]
    [InlineData("", "units")]
    [InlineData("512", "units")]
    [InlineData("mb", "units")]
    [InlineData("1eb", "units")]
    [InlineData("1e3mb", "units")]
    [InlineData("-1mb", "negative")]
    [InlineData("8192pb", "8191pb")]
    public void What_is_no_size_is_refused_with_the_fix(string text, string fix)
    {
        var refusal = Should.Throw<InvalidConfigException>(() => ByteSize.Parse(text, "limit"));
        refusal.Message.ShouldStartWith($"[limit] [{text}]");
        refusal.Message.ShouldContain(fix);
    }

    [Fact]
    public void Every_size_is_read_back_as_it_was_written() =>
        Gen.OneOf(Gen.Long[0, long.MaxValue], Gen.Long[0, 8000].Select(n => n << 20)).Sample(bytes =>
            ByteSize.Parse(new ByteSize(bytes).ToString(), "f").Bytes == bytes);

    [Fact]
    public void Sizes_are_cut_to_whole_mebibytes() => ByteSize.Parse("1500kb", "f").Mebibytes.ShouldBe(1);
}
