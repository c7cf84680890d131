using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;
using MlActors.Node.Configuration;

namespace MlActors.Node.Clustering;

/// <summary>How nodes know each other: each shows a certificate of one authority, whoever connects as well as whoever is connected to.</summary>
/// <param name="Files">The certificate of this node and its key.</param>
/// <param name="Authority">A PEM file of the authorities whose certificates are those of nodes, and of authorities between.</param>
public sealed record NodeTls(TlsFiles Files, string Authority)
{
    private const string Setting = "mlactors.cluster.tls";

    /// <returns><c>null</c>: what nodes send each other is neither encrypted nor authenticated.</returns>
    internal static NodeTls? Read(Config config, List<string> problems)
    {
        var tls = new NodeTls(
            new TlsFiles(config.GetString("cluster.tls.certificate"), config.GetString("cluster.tls.key"), config.GetString("cluster.tls.key-password"), Setting),
            config.GetString("cluster.tls.authority"));
        if (tls.Files.Certificate.Length + tls.Files.Key.Length + tls.Authority.Length == 0) return null;
        problems.AddRange(tls.Files.Problems());
        if (tls.AuthorityProblem() is { } problem) problems.Add(problem);
        return tls;
    }

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file is not what it should be.</exception>
    internal NodeCredentials Load() => new(Files.Load(), Files.LoadChain(), LoadAuthority());

    private X509Certificate2Collection LoadAuthority()
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(Authority);
        return authority;
    }

    private string? AuthorityProblem()
    {
        try
        {
            if (File.Exists(Authority) && LoadAuthority().Count > 0) return null;
        }
        catch (Exception cause) when (cause is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"[{Setting}.authority] the file [{Authority}] cannot be read as certificates: {cause.Message}";
        }
        return $"[{Setting}.authority] there is no certificate in a file [{Authority}]; give the path of a PEM file with the certificate of the authority that signs those of the nodes";
    }
}
