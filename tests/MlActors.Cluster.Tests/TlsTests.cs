using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>Nodes that know each other by certificates of one authority.</summary>
[Collection(OnDatabase.Name)]
public sealed class TlsTests(SharedDatabase database)
{
    [Fact]
    public async Task Nodes_with_certificates_of_the_authority_are_one_cluster_and_jobs_move_between_them()
    {
        using var space = new Workspace();
        using var certificates = new TestCertificates(space);
        await using var nodes = new Nodes(database);
        var owner = await nodes.StartAsync(settings: Settings(certificates, certificates.EncryptedKey));
        await Nodes.PutAndOpenAsync(owner);
        var gateway = await nodes.StartAsync(settings: Settings(certificates, certificates.EncryptedKey));
        await Nodes.SeesAsync(gateway, 2);
        await Nodes.PostAsync(gateway, 0, 6);
        (await nodes.OwnerAsync(gateway)).Id.ShouldBe(owner.Id);
        owner.Process.Terminate();
        await Nodes.PostAsync(gateway, 6, 12);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_with_a_certificate_of_another_authority_or_none_does_not_get_in(bool hasOne)
    {
        using Workspace space = new(), foreign = new();
        using TestCertificates certificates = new(space), others = new(foreign);
        await using var nodes = new Nodes(database);
        var member = await nodes.StartAsync(settings: Settings(certificates, certificates.Key));
        // It trusts the member, so that it is the member who refuses.
        var (stranger, listens) = await nodes.BeginAsync(hasOne ? Settings(others, others.Key, certificates.Authorities) : "");
        await Poll.UntilAsync(() => Task.FromResult(stranger.Said), said => said.Contains("do not let this one in", StringComparison.Ordinal));
        if (hasOne) member.Process.Said.ShouldContain("was refused");
        listens.IsCompleted.ShouldBeFalse();
        await Nodes.SeesAsync(member, 1);
        (await nodes.StartAsync(settings: Settings(certificates, certificates.Key))).ShouldNotBeNull();
        await Nodes.SeesAsync(member, 2);
    }

    [Fact]
    public async Task A_node_that_does_not_trust_the_members_ends_and_says_why()
    {
        using Workspace space = new(), foreign = new();
        using TestCertificates certificates = new(space), others = new(foreign);
        await using var nodes = new Nodes(database);
        var member = await nodes.StartAsync(settings: Settings(certificates, certificates.Key));
        var (stranger, _) = await nodes.BeginAsync(Settings(certificates, certificates.Key, others.Authorities));
        (await stranger.ExitAsync()).ShouldBe(3);
        await Poll.UntilAsync(() => Task.FromResult(stranger.Said), said => said.Contains("mlactors.cluster.tls", StringComparison.Ordinal));
        await Nodes.SeesAsync(member, 1);
    }

    [Fact]
    public async Task The_port_talks_to_nobody_without_a_certificate_of_the_authority()
    {
        using Workspace space = new(), foreign = new();
        using TestCertificates certificates = new(space), others = new(foreign);
        await using var nodes = new Nodes(database);
        var port = Servers.ServerProcess.FreePort();
        var node = await nodes.StartAsync(port: port, settings: Settings(certificates, certificates.Key));
        (await IsTakenAsync(port, X509Certificate2.CreateFromPemFile(others.Chain, others.Key))).ShouldBeFalse();
        (await IsTakenAsync(port, null)).ShouldBeFalse();
        // Nor does it come to harm by who tries.
        (await IsTakenAsync(port, X509Certificate2.CreateFromPemFile(certificates.Chain, certificates.Key))).ShouldBeTrue();
        await Nodes.SeesAsync(node, 1);
    }

    [Fact]
    public async Task Certificates_and_their_authority_are_renewed_while_the_node_runs()
    {
        using Workspace space = new(), renewed = new();
        using TestCertificates old = new(space), next = new(renewed);
        var (newOne, oldOne) = (await ReadAsync(next), await ReadAsync(old));
        await using var nodes = new Nodes(database);
        var port = Servers.ServerProcess.FreePort();
        var member = await nodes.StartAsync(port: port, settings: Settings(old, old.Key));
        // As one does it: first both authorities are trusted, then nodes get new certificates, then the old authority goes.
        var both = await File.ReadAllTextAsync(old.Authorities) + "\n" + await File.ReadAllTextAsync(next.Authorities);
        await File.WriteAllTextAsync(old.Authorities, both);
        await Poll.UntilAsync(() => IsTakenAsync(port, newOne()), taken => taken);
        // A key that is not that of the certificate: what there was goes on.
        File.Copy(next.Chain, old.Chain, overwrite: true);
        await Poll.UntilAsync(() => Task.FromResult(member.Process.Said), said => said.Contains("cannot be used", StringComparison.Ordinal));
        (await ShownAsync(port)).ShouldBe(oldOne().Thumbprint);
        File.Copy(next.Key, old.Key, overwrite: true);
        await Poll.UntilAsync(() => ShownAsync(port), shown => shown == newOne().Thumbprint);
        File.Copy(next.Authorities, old.Authorities, overwrite: true);
        await Poll.UntilAsync(() => IsTakenAsync(port, oldOne()), taken => !taken);
        var other = await nodes.StartAsync(settings: Settings(next, next.Key));
        await Nodes.SeesAsync(other, 2);
        using var http = new HttpClient { BaseAddress = await other.Process.ListeningAsync() };
        var metrics = await http.GetStringAsync("/metrics");
        var expiry = metrics.Split('\n').Single(line => line.StartsWith("mlactors_node_certificate_expiry_seconds{", StringComparison.Ordinal));
        double.Parse(expiry[(expiry.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(22 * 3600, 23 * 3600);
    }

    private static async Task<Func<X509Certificate2>> ReadAsync(TestCertificates certificates)
    {
        var (certificate, key) = (await File.ReadAllTextAsync(certificates.Chain), await File.ReadAllTextAsync(certificates.Key));
        return () => X509Certificate2.CreateFromPem(certificate, key);
    }

    /// <returns>The thumbprint of the certificate that a node shows.</returns>
    private static async Task<string?> ShownAsync(int port)
    {
        var shown = default(string);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(socket.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = certificate!.GetCertHashString();
                    return true;
                },
            });
        }
        catch (Exception cause) when (cause is IOException or AuthenticationException)
        {
            // We show none.
        }
        return shown;
    }

    private static string Settings(TestCertificates certificates, string key, string? authority = null) =>
        $"mlactors.cluster.tls {{ certificate = \"{certificates.Chain}\", key = \"{key}\", key-password = \"{(key == certificates.EncryptedKey ? TestCertificates.Password : "")}\", " +
        $"authority = \"{authority ?? certificates.Authorities}\" }}";

    /// <param name="certificate">What to show; it is disposed of.</param>
    /// <returns>Whether the other side waits for what comes after the handshake, instead of ending the connection.</returns>
    private static async Task<bool> IsTakenAsync(int port, X509Certificate2? certificate)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(socket.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!,
            });
            // Later versions of the protocol let a client believe that it is in; the end comes with the first bytes. A node that takes us says nothing for now.
            return await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(2)) > 0;
        }
        catch (TimeoutException)
        {
            return true;
        }
        catch (Exception cause) when (cause is IOException or AuthenticationException)
        {
            return false;
        }
        finally
        {
            certificate?.Dispose();
        }
    }
}
