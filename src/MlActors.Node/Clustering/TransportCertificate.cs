using System.Collections;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;

namespace MlActors.Node.Clustering;

/// <summary>
/// Gives the transport between nodes another certificate while it runs. The transport looks into its settings for each new connection, but has no way to change them:
/// so they are changed from outside, by the names that they have in the release that is used.
/// </summary>
internal static class TransportCertificate
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <returns>Whether there was something to change; <c>false</c>: the transport is not as it was, and takes a certificate only when it starts.</returns>
    public static bool TryReplace(ActorSystem system, X509Certificate2 certificate)
    {
        var replaced = false;
        if (Of(Of(((ExtendedActorSystem)system).Provider, "Transport"), "_transportMapping") is not IDictionary transports) return false;
        foreach (var pair in transports.Values.OfType<IEnumerable>().SelectMany(pairs => pairs.Cast<object>()))
        {
            var settings = Of(Of(Of(Of(pair, "ProtocolTransport"), "WrappedTransport"), "Settings"), "Ssl");
            if (settings?.GetType().GetField("Certificate", All) is not { } field || field.FieldType != typeof(X509Certificate2)) continue;
            field.SetValue(settings, certificate);
            replaced = true;
        }
        return replaced;
    }

    private static object? Of(object? owner, string member) =>
        owner?.GetType().GetProperty(member, All)?.GetValue(owner) ?? owner?.GetType().GetField(member, All)?.GetValue(owner);
}
