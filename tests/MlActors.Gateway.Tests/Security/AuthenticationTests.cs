using System.Text;
using MlActors.Gateway.Security;
using MlActors.Gateway.Tests.Serving;

namespace MlActors.Gateway.Tests.Security;

public sealed class AuthenticationTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartSecureAsync("superuser", "machine_learning_admin", "machine_learning_user");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private Task<Answer> AsAsync(string authorization, string method = "GET", string path = "/_security/_authenticate", string? body = null) =>
        _server.SendAsync(method, path, body, authorization);

    [Fact]
    public async Task A_user_comes_in_with_the_right_password_only()
    {
        var answer = await AsAsync(GatewayServer.Basic("machine_learning_admin"));
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("username").GetString().ShouldBe("machine_learning_admin");
        answer.Json.GetProperty("authentication_type").GetString().ShouldBe("realm");
        (await AsAsync(GatewayServer.Basic("machine_learning_admin", "wrong"))).ShouldBeError(401, "security_exception", "[machine_learning_admin]");
        (await AsAsync(GatewayServer.Basic("nobody", "wrong"))).ShouldBeError(401, "security_exception");
        (await AsAsync("Basic !!!")).ShouldBeError(401, "security_exception");
        (await AsAsync("Bearer abc")).ShouldBeError(401, "security_exception", "Basic or ApiKey");
    }

    [Fact]
    public async Task A_401_carries_its_challenges_in_header_and_body()
    {
        var answer = await _server.GetAsync("/");
        answer.ShouldBeError(401, "security_exception");
        answer.Headers["WWW-Authenticate"].ShouldContain("ApiKey");
        answer.Json.GetProperty("error").GetProperty("header").GetProperty("WWW-Authenticate")[1].GetString().ShouldBe("ApiKey");
    }

    [Fact]
    public async Task A_user_without_rights_cannot_find_out_whether_a_job_exists()
    {
        var known = await AsAsync(GatewayServer.Basic("machine_learning_user"), "POST", "/_ml/anomaly_detectors/known/_close");
        var unknown = await AsAsync(GatewayServer.Basic("machine_learning_user"), "POST", "/_ml/anomaly_detectors/unknown/_close");
        known.ShouldBeError(403, "security_exception", "cluster:admin/xpack/ml/job/close", "manage_ml,manage,all");
        known.Text.ShouldBe(unknown.Text);
    }

    [Fact]
    public async Task A_disabled_user_and_a_new_password_count_at_once_although_checks_are_remembered()
    {
        (await AsAsync(GatewayServer.Basic("superuser"))).Status.ShouldBe(200);
        var user = (await _server.Storage.Security.FindUserAsync("superuser"))!;
        await _server.Storage.Security.PutUserAsync(user with { Enabled = false });
        (await AsAsync(GatewayServer.Basic("superuser"))).Status.ShouldBe(401);
        await _server.Storage.Security.PutUserAsync(user with { PasswordHash = PasswordHasher.Hash("another") });
        (await AsAsync(GatewayServer.Basic("superuser"))).Status.ShouldBe(401);
        (await AsAsync(GatewayServer.Basic("superuser", "another"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_api_key_has_what_it_was_given_until_it_is_invalidated()
    {
        var created = await AsAsync(GatewayServer.Basic("superuser"), "POST", "/_security/api_key",
            """{"name":"reader","expiration":"1d","role_descriptors":{"r":{"cluster":["monitor_ml"]}}}""");
        created.Status.ShouldBe(200, created.Text);
        var (id, encoded) = (created.Json.GetProperty("id").GetString()!, created.Json.GetProperty("encoded").GetString()!);
        Encoding.UTF8.GetString(Convert.FromBase64String(encoded)).ShouldBe($"{id}:{created.Json.GetProperty("api_key").GetString()}");

        var key = "ApiKey " + encoded;
        (await AsAsync(key)).Json.GetProperty("authentication_type").GetString().ShouldBe("api_key");
        (await AsAsync(key, "GET", "/_ml/anomaly_detectors")).Status.ShouldBe(200);
        (await AsAsync(key, "POST", "/_ml/anomaly_detectors/x/_close")).ShouldBeError(403, "security_exception", $"API key id [{id}] of user [superuser]");
        (await AsAsync(key, "POST", "/_security/api_key", """{"name":"child"}""")).Status.ShouldBe(403);
        (await AsAsync("ApiKey " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:wrong")))).ShouldBeError(401, "security_exception");

        var invalidated = await AsAsync(GatewayServer.Basic("superuser"), "DELETE", "/_security/api_key", $$"""{"ids":["{{id}}"]}""");
        invalidated.Json.GetProperty("invalidated_api_keys")[0].GetString().ShouldBe(id);
        (await AsAsync(key)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task An_expired_api_key_is_refused_like_an_unknown_one()
    {
        var secret = ApiKeySecret.New();
        await _server.Storage.Security.PutApiKeyAsync(new(secret.Id, "old", secret.SecretHash, "superuser", ["all"], 0, ExpiresMs: 1, Invalidated: false));
        var expired = await AsAsync("ApiKey " + secret.Encoded);
        var unknown = await AsAsync("ApiKey " + ApiKeySecret.New().Encoded);
        expired.Status.ShouldBe(401);
        expired.Text.ShouldBe(unknown.Text);
    }

    [Fact]
    public async Task A_key_cannot_have_more_than_its_user_and_an_unknown_privilege_is_named()
    {
        await _server.Storage.Security.PutUserAsync(new("limited", PasswordHasher.Hash("secret-limited"), ["monitor_ml", "manage_own_api_key"], Enabled: true));
        var limited = GatewayServer.Basic("limited");
        (await AsAsync(limited, "POST", "/_security/api_key", """{"name":"k","role_descriptors":{"r":{"cluster":["manage_ml"]}}}"""))
            .ShouldBeError(400, "illegal_argument_exception", "[manage_ml]", "[limited]");
        (await AsAsync(limited, "POST", "/_security/api_key", """{"name":"k","role_descriptors":{"r":{"cluster":["monitor_mll"]}}}"""))
            .ShouldBeError(400, "illegal_argument_exception", "did you mean [monitor_ml]?");
        (await AsAsync(limited, "POST", "/_security/api_key", """{"name":"k","role_descriptors":{"r":{"cluster":[]}}}"""))
            .ShouldBeError(400, "illegal_argument_exception", "no privilege");
        (await AsAsync(limited, "POST", "/_security/api_key",
            """{"name":"k","role_descriptors":{"r":{"cluster":["monitor_ml"],"indices":[{"names":["x"]}]}}}"""))
            .ShouldBeError(400, "illegal_argument_exception", "role_descriptors.r.indices");
        (await AsAsync(limited, "POST", "/_security/api_key", """{"name":"mine"}""")).Status.ShouldBe(200);
        (await AsAsync(GatewayServer.Basic("superuser"), "POST", "/_security/api_key", """{"name":"theirs"}""")).Status.ShouldBe(200);

        Names(await AsAsync(limited, "GET", "/_security/api_key")).ShouldBe(["mine"]);
        Names(await AsAsync(GatewayServer.Basic("superuser"), "GET", "/_security/api_key")).ShouldBe(["mine", "theirs"], ignoreOrder: true);
        (await AsAsync(limited, "DELETE", "/_security/api_key", """{"name":"*"}""")).Json.GetProperty("invalidated_api_keys").GetArrayLength().ShouldBe(1);

        static IEnumerable<string?> Names(Answer answer) =>
            answer.Json.GetProperty("api_keys").EnumerateArray().Select(key => key.GetProperty("name").GetString());
    }

    [Fact]
    public async Task No_secret_reaches_a_log_or_a_second_answer()
    {
        var created = await AsAsync(GatewayServer.Basic("superuser"), "POST", "/_security/api_key", """{"name":"k"}""");
        var secret = created.Json.GetProperty("api_key").GetString()!;
        await AsAsync("ApiKey " + created.Json.GetProperty("encoded").GetString());
        await AsAsync(GatewayServer.Basic("superuser", "wrong-password"));
        var list = await AsAsync(GatewayServer.Basic("superuser"), "GET", "/_security/api_key");
        list.Text.ShouldNotContain(secret);
        list.Text.ShouldNotContain("hash");
        foreach (var line in _server.Logs.Lines)
        {
            line.ShouldNotContain(secret);
            line.ShouldNotContain("wrong-password");
            line.ShouldNotContain("secret-superuser");
            line.ShouldNotContain(GatewayServer.Basic("superuser")[6..]);
        }
        _server.Logs.Lines.ShouldContain(line => line.Contains(" 3103 Denied with 401"));
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("Forwarded", "for=10.0.0.1")]
    public async Task Without_authentication_a_foreign_page_or_a_proxy_is_not_the_local_user(string header, string value)
    {
        await using var open = await GatewayServer.StartAsync();
        (await open.GetAsync("/")).Status.ShouldBe(200);
        (await open.SendAsync("GET", "/", headers: ("Origin", "http://localhost:5601"))).Status.ShouldBe(200);
        (await open.SendAsync("GET", "/", headers: (header, value))).ShouldBeError(403, "security_exception", "this machine");
    }
}
