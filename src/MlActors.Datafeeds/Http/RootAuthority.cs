using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlActors.Datafeeds.Http;

/// <summary>Trust in the authorities of one PEM file, and in no others.</summary>
internal static class RootAuthority
{
    /// <summary>What is wrong with the file; <c>null</c> when it has certificates.</summary>
    public static string? Problem(string path)
    {
        try
        {
            return Load(path).Count > 0 ? null : $"there is no certificate in [{path}]; give a PEM file with that of the authority";
        }
        catch (Exception cause) when (cause is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"the certificate in [{path}] cannot be read: {cause.Message}";
        }
    }

    public static SslClientAuthenticationOptions Trust(string path) => new()
    {
        CertificateChainPolicy = Policy(Load(path)),
    };

    private static X509ChainPolicy Policy(X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static X509Certificate2Collection Load(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates;
    }
}
