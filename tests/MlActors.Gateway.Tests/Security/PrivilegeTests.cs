using MlActors.Gateway.Security;

namespace MlActors.Gateway.Tests.Security;

public sealed class PrivilegeTests
{
    [Theory]
    [InlineData("superuser", "monitor_ml,manage_ml,manage_api_key,manage_own_api_key,monitor,all")]
    [InlineData("machine_learning_admin", "monitor_ml,manage_ml")]
    [InlineData("machine_learning_user", "monitor_ml")]
    [InlineData("manage", "monitor_ml,manage_ml,monitor")]
    [InlineData("monitor", "monitor,monitor_ml")]
    [InlineData("manage_security", "manage_api_key,manage_own_api_key")]
    [InlineData("no_such_role", "")]
    public void A_role_gives_what_it_includes_and_nothing_else(string role, string expected)
    {
        var allowed = expected.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var asked = new[] { "monitor_ml", "manage_ml", "manage_api_key", "manage_own_api_key", "monitor", "all" };
        asked.Where(privilege => Privileges.Allow(Privileges.OfRoles([role]), privilege)).ShouldBe(allowed, ignoreOrder: true);
    }

    [Fact]
    public void A_refusal_names_every_privilege_that_would_do_the_least_first() =>
        Privileges.That("monitor_ml").ShouldBe(["monitor_ml", "manage_ml", "monitor", "manage", "all"]);

    [Fact]
    public void A_password_matches_its_own_hash_only_and_two_hashes_of_it_differ()
    {
        var (first, second) = (PasswordHasher.Hash("correct horse"), PasswordHasher.Hash("correct horse"));
        first.ShouldNotBe(second);
        first.ShouldStartWith("pbkdf2-sha512$220000$");
        PasswordHasher.Verify("correct horse", first).ShouldBeTrue();
        PasswordHasher.Verify("correct hors", first).ShouldBeFalse();
        PasswordHasher.Verify("correct horse", first[..^2] + "AA").ShouldBeFalse();
        PasswordHasher.Verify("correct horse", null).ShouldBeFalse();
        PasswordHasher.Verify("correct horse", "plain").ShouldBeFalse();
        PasswordHasher.Verify("x", "pbkdf2-sha512$0$AAAA$AAAA").ShouldBeFalse();
    }

    [Fact]
    public void An_api_key_survives_its_encoding_and_shows_its_secret_to_nobody()
    {
        var key = ApiKeySecret.New();
        ApiKeySecret.TryDecode(key.Encoded, out var read).ShouldBeTrue();
        read.ShouldBe(key);
        read.Matches(key.SecretHash).ShouldBeTrue();
        (read with { Secret = "other" }).Matches(key.SecretHash).ShouldBeFalse();
        key.ToString().ShouldNotContain(key.Secret);
        key.SecretHash.ShouldNotContain(key.Secret);
        ApiKeySecret.TryDecode("!", out _).ShouldBeFalse();
        ApiKeySecret.TryDecode(Convert.ToBase64String("nocolon"u8), out _).ShouldBeFalse();
    }
}
