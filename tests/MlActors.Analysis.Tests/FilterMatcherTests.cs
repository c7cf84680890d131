using CsCheck;
using MlActors.Analysis.Contexts;

namespace MlActors.Analysis.Tests;

public class FilterMatcherTests
{
    [Theory]
    [InlineData("safe.com", "safe.com", true)]
    [InlineData("safe.com", "safe.co", false)]
    [InlineData("*.com", "safe.com", true)]
    [InlineData("*.com", "com", false)]
    [InlineData("safe*", "safe", true)]
    [InlineData("safe*", "unsafe", false)]
    [InlineData("*afe*", "unsafe.com", true)]
    [InlineData("*afe*", "unsure", false)]
    [InlineData("*", "anything", true)]
    [InlineData("a*b", "a*b", true)]
    [InlineData("a*b", "axb", false)]
    public void A_star_at_an_end_of_an_item_stands_for_anything(string item, string value, bool held) =>
        new FilterMatcher([item]).Holds(value).ShouldBe(held);

    [Fact]
    public void Many_items_hold_what_any_of_them_holds()
    {
        var letters = Gen.Char["ab*"].Array[1, 4].Select(all => new string(all));
        letters.Array[1, 8].Select(Gen.Char["ab"].Array[0, 6].Select(all => new string(all))).Sample((items, value) =>
            new FilterMatcher([.. items]).Holds(value).ShouldBe(items.Any(item => new FilterMatcher([item]).Holds(value))));
    }
}
