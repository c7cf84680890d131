namespace MlActors.Gateway.Tests.Security;

public sealed class ListenPolicyTests
{
    [Theory]
    [InlineData("http://localhost:9200")]
    [InlineData("http://127.0.0.1:9200")]
    [InlineData("http://127.9.9.9:9200")]
    [InlineData("http://[::1]:9200")]
    [InlineData("http://unix:/run/mlactors.sock")]
    public void This_machine_alone_may_be_listened_on_without_anything(string url) => ListenPolicy.Check([url], false, false).ShouldBeEmpty();

    [Theory]
    [InlineData("http://0.0.0.0:9200")]
    [InlineData("http://[::]:9200")]
    [InlineData("http://*:9200")]
    [InlineData("http://+:9200")]
    [InlineData("http://10.1.2.3:9200")]
    [InlineData("http://ml.example:9200")]
    [InlineData("http://localhost.example:9200")]
    [InlineData("http://127.0.0.1.example:9200")]
    public void What_others_can_reach_needs_both_a_password_and_encryption(string url)
    {
        ListenPolicy.Check([url], false, false).Length.ShouldBe(2);
        ListenPolicy.Check([url], true, false).ShouldHaveSingleItem().ShouldContain("https://");
        ListenPolicy.Check([url.Replace("http:", "https:")], true, false).ShouldHaveSingleItem().ShouldContain("certificate");
        ListenPolicy.Check([url.Replace("http:", "https:")], false, true).ShouldHaveSingleItem().ShouldContain("authentication");
        ListenPolicy.Check([url.Replace("http:", "https:")], true, true).ShouldBeEmpty();
    }

    [Fact]
    public void Every_problem_of_every_address_is_named() =>
        ListenPolicy.Check(["nonsense", "http://0.0.0.0:1", "http://localhost:2"], false, false).Length.ShouldBe(3);

    [Fact]
    public void Options_that_let_nobody_in_or_make_no_sense_are_refused_all_at_once()
    {
        new GatewayOptions().Problems().ShouldBeEmpty();
        new GatewayOptions { AuthenticationEnabled = true }.AllowsAnonymous.ShouldBeFalse();
        new GatewayOptions { AnonymousLocalUser = false, ClusterName = "", CommandTimeout = TimeSpan.Zero, NamesShown = 0 }.Problems().Length.ShouldBe(4);
    }
}
