using System.Net;
using System.Net.Http.Headers;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class TlsTests
{
    private const string Address = "https://127.0.0.1:0";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_with_a_certificate_is_reached_over_https_with_a_key_by_clients_that_know_the_root_only(bool encrypted)
    {
        using var space = new Workspace();
        using var certificates = new TestCertificates(space);
        var password = encrypted ? TestCertificates.Password : "";
        Configure(space, certificates.Chain, encrypted ? certificates.EncryptedKey : certificates.Key, password);
        var key = (await ServerProcess.RunAsync("keys", "add", "looker", "--privilege", "monitor_ml", "--data", space.Data)).Output.TrimEnd().Split('\n')[^1];

        await using var server = ServerProcess.Start(space.Data, config: space.Config, urls: Address);
        using var client = certificates.Client(await server.ListeningAsync());
        client.BaseAddress!.Scheme.ShouldBe("https");
        (await client.GetAsync("/_ml/info")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", key);
        (await client.GetAsync("/_ml/info")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("absent.crt", "tls.key", "", "there is no file [", "absent.crt", "give the path of a PEM file with the certificate")]
    [InlineData("tls.crt", "absent.key", "", "there is no file [", "absent.key", "give the path of a PEM file with the private key")]
    [InlineData("tls.crt", "foreign.key", "", "foreign.key", "do not go together", "the key that of the certificate")]
    [InlineData("tls.crt", "encrypted.key", "", "encrypted.key", "do not go together", "mlactors.tls.key-password")]
    [InlineData("tls.crt", "encrypted.key", "wrong", "encrypted.key", "do not go together", "mlactors.tls.key-password")]
    [InlineData("tls.key", "tls.crt", "", "do not go together", "Both must be PEM")]
    public async Task A_certificate_that_cannot_be_used_is_refused_at_the_start_with_the_fix(string certificate, string key, string password, params string[] parts)
    {
        using var space = new Workspace();
        using var certificates = new TestCertificates(space);
        Configure(space, space[certificate], space[key], password);
        var result = await ServerProcess.RunAsync("serve", "--data", space.Data, "--config", space.Config, "--urls", Address);
        result.ExitCode.ShouldBe(2, result.Error);
        foreach (var part in (string[])["mlactors.tls", .. parts]) result.Error.ShouldContain(part);
        result.Error.ShouldNotContain("   at ");
        Directory.Exists(space.Data).ShouldBeFalse();
    }

    private static void Configure(Workspace space, string certificate, string key, string password) => File.WriteAllText(space.Config,
        $$"""mlactors { authentication.enabled = on, tls { certificate = "{{certificate}}", key = "{{key}}", key-password = "{{password}}" } }""");
}
