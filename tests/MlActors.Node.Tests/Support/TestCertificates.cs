using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlActors.Node.Tests.Support;

/// <summary>A root, an issuer signed by it, and a certificate for 127.0.0.1 signed by the issuer, as PEM files.</summary>
internal sealed class TestCertificates : IDisposable
{
    public const string Password = "correct horse";

    private readonly Workspace _space;

    public TestCertificates(Workspace space)
    {
        _space = space;
        var from = DateTimeOffset.UtcNow.AddHours(-1);
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = Authority($"CN=Root {Guid.NewGuid():N}", rootKey).CreateSelfSigned(from, from.AddDays(3));
        using var issuer = Authority($"CN=Issuer {Guid.NewGuid():N}", issuerKey).Create(Root, from, from.AddDays(2), [1]).CopyWithPrivateKey(issuerKey);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(issuer, from, from.AddDays(1), [2]);
        File.WriteAllText(Chain, leaf.ExportCertificatePem() + "\n" + issuer.ExportCertificatePem() + "\n");
        File.WriteAllText(Authorities, Root.ExportCertificatePem() + "\n" + issuer.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(EncryptedKey, key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        File.WriteAllText(ForeignKey, issuerKey.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Root { get; }

    /// <summary>The root and the issuer.</summary>
    public string Authorities => _space["authorities.crt"];

    public string Chain => _space["tls.crt"];

    public string Key => _space["tls.key"];

    public string EncryptedKey => _space["encrypted.key"];

    public string ForeignKey => _space["foreign.key"];

    /// <summary>A client that trusts the root and knows nothing of the issuer.</summary>
    public HttpClient Client(Uri address)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Root);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = policy;
        return new HttpClient(handler) { BaseAddress = address };
    }

    public void Dispose() => Root.Dispose();

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request;
    }
}
