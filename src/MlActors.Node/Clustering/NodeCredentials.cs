using System.Security.Cryptography.X509Certificates;

namespace MlActors.Node.Clustering;

/// <summary>What a node shows the others and whom it takes, as the files said at one moment.</summary>
/// <param name="Own">The certificate of this node, with its key.</param>
/// <param name="Between">Certificates that may stand between one of a node and the authority.</param>
/// <param name="Authority">Whose certificates are those of nodes.</param>
internal sealed record NodeCredentials(X509Certificate2 Own, X509Certificate2Collection Between, X509Certificate2Collection Authority)
{
    /// <summary>Whether a certificate is valid now and comes from the authority and nobody else; the system's own list of authorities has no say.</summary>
    /// <param name="reason">Why not.</param>
    public bool IsOfAuthority(X509Certificate2 certificate, out string reason)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authority);
        chain.ChainPolicy.ExtraStore.AddRange(Between);
        var valid = chain.Build(certificate);
        reason = string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()));
        return valid;
    }
}
