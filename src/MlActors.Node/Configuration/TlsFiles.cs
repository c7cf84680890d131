using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlActors.Node.Configuration;

/// <summary>PEM files of a certificate, followed by its chain, and of its private key.</summary>
/// <param name="KeyPassword">The password of an encrypted key, else empty.</param>
/// <param name="Setting">The settings that name them.</param>
public sealed record TlsFiles(string Certificate, string Key, string KeyPassword, string Setting = "mlactors.tls")
{
    internal X509Certificate2 Load() => KeyPassword.Length == 0
        ? X509Certificate2.CreateFromPemFile(Certificate, Key)
        : X509Certificate2.CreateFromEncryptedPemFile(Certificate, KeyPassword, Key);

    /// <summary>All certificates of the file: clients that know the root only need those between.</summary>
    internal X509Certificate2Collection LoadChain()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(Certificate);
        return chain;
    }

    internal IEnumerable<string> Problems()
    {
        string[] missing =
        [
            .. Missing("certificate", Certificate, "certificate, followed by its chain"),
            .. Missing("key", Key, "private key of the certificate"),
        ];
        return missing.Length > 0 ? missing : Unusable() is { } problem ? [problem] : [];
    }

    private IEnumerable<string> Missing(string key, string path, string what)
    {
        if (!File.Exists(path)) yield return $"[{Setting}.{key}] there is no file [{path}]; give the path of a PEM file with the {what}";
    }

    private string? Unusable()
    {
        try
        {
            Load().Dispose();
            return null;
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            return $"[{Setting}] the certificate [{Certificate}] and the key [{Key}] do not go together: {cause.Message} " +
                $"Both must be PEM, the key that of the certificate, and [{Setting}.key-password] its password if it is encrypted, else empty";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return $"[{Setting}] {cause.Message} Let the user that runs the server read the file";
        }
    }
}
