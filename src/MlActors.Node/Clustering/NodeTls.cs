using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
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

    /// <summary>What the transport takes, read from the files now.</summary>
    internal DotNettySslSetup Setup()
    {
        var (authority, own) = (LoadAuthority(), Files.LoadChain());
        // Names are not compared: nodes come and go under addresses that no certificate knew beforehand. That the authority signed for a node is what counts.
        return new DotNettySslSetup(Files.Load(), suppressValidation: false, requireMutualAuthentication: true, validateCertificateHostname: false,
            (certificate, _, peer, _, log) =>
            {
                var reason = "it shows no certificate";
                if (certificate is not null && IsOfAuthority(certificate, authority, own, out reason)) return true;
                log.Warning("A connection with {0} was refused: {1}", peer, reason);
                return false;
            });
    }

    /// <summary>Whether a certificate is valid now and comes from the authority and nobody else; the system's own list of authorities has no say.</summary>
    /// <param name="between">Certificates that may stand between the two.</param>
    /// <param name="reason">Why not.</param>
    internal static bool IsOfAuthority(X509Certificate2 certificate, X509Certificate2Collection authority, X509Certificate2Collection between, out string reason)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        chain.ChainPolicy.ExtraStore.AddRange(between);
        var valid = chain.Build(certificate);
        reason = string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()));
        return valid;
    }

    internal X509Certificate2Collection LoadAuthority()
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
