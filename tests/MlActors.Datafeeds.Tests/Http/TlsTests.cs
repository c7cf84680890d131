using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MlActors.Datafeeds.Connections;

namespace MlActors.Datafeeds.Tests.Http;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlactors-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Only_the_authority_of_the_connection_is_trusted()
    {
        using var certificate = Authority("the right one");
        using var stranger = Authority("another one");
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(server, certificate, stop.Token);
        var url = $"https://localhost:{((IPEndPoint)server.LocalEndpoint).Port}";
        (await ProbeAsync(url, Save("right.pem", certificate))).ShouldBeNull();
        (await ProbeAsync(url, Save("wrong.pem", stranger))).ShouldNotBeNull().ShouldContain("certificate");
        (await ProbeAsync(url, null)).ShouldNotBeNull().ShouldContain("certificate");
        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public void A_file_without_a_certificate_is_refused_at_the_start()
    {
        var file = Path.Combine(_folder, "empty.pem");
        File.WriteAllText(file, "nothing");
        var problems = new List<string>();
        ConnectionSet.Read([Config("https://localhost", file)], problems);
        problems.ShouldHaveSingleItem().ShouldContain("mlactors.connections.secure.root-certificate");
    }

    private static async Task<string?> ProbeAsync(string url, string? root)
    {
        var problems = new List<string>();
        await using var sources = DatafeedsHosting.Create(ConnectionSet.Read([Config(url, root)], problems));
        problems.ShouldBeEmpty();
        return await sources.ProbeAsync("secure", default);
    }

    private static ConnectionConfig Config(string url, string? root)
    {
        var options = new Dictionary<string, string> { ["type"] = "elasticsearch", ["url"] = url };
        if (root is not null) options["root-certificate"] = root;
        return new ConnectionConfig("secure", options);
    }

    private static async Task ServeAsync(TcpListener server, X509Certificate2 certificate, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await server.AcceptTcpClientAsync(stop);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
                var request = new byte[4096];
                if (await tls.ReadAsync(request, stop) == 0) continue;
                await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 33\r\nConnection: close\r\n\r\n{\"version\":{\"number\":\"8.15.0\"  }}"u8.ToArray(), stop);
            }
            catch (Exception cause) when (cause is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client did not want it, or it is over.
            }
        }
    }

    private string Save(string name, X509Certificate2 certificate)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var signed = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null);
    }
}
