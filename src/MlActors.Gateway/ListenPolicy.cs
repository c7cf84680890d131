using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace MlActors.Gateway;

/// <summary>The start-up rule: what others can reach is protected. Without authentication and TLS the server listens on this machine only.</summary>
public static class ListenPolicy
{
    /// <param name="urls">The addresses to listen on, e.g. <c>http://localhost:9200</c>, <c>https://0.0.0.0:9200</c>, <c>http://unix:/run/x.sock</c>.</param>
    /// <param name="authenticationConfigured">Whether requests must carry credentials.</param>
    /// <param name="tlsConfigured">Whether a certificate is configured.</param>
    /// <returns>Every problem with its fix; empty when the server may start.</returns>
    public static ImmutableArray<string> Check(IEnumerable<string> urls, bool authenticationConfigured, bool tlsConfigured)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var url in urls)
        {
            if (!TryParse(url, out var address))
            {
                problems.Add($"[{url}] is not an address to listen on; write it like http://localhost:9200");
                continue;
            }
            var secure = string.Equals(address.Scheme, "https", StringComparison.OrdinalIgnoreCase);
            if (secure && !tlsConfigured) problems.Add($"[{url}] needs a certificate; configure one or listen on http://localhost:{address.Port}");
            if (IsLocal(address)) continue;
            if (!authenticationConfigured)
            {
                problems.Add($"[{url}] can be reached from other machines without a password; " +
                    $"switch authentication on or listen on http://localhost:{address.Port}");
            }
            if (!secure)
            {
                problems.Add($"[{url}] would send passwords and data unencrypted; use https:// with a certificate, " +
                    $"or listen on http://localhost:{address.Port} behind a proxy that speaks TLS");
            }
        }
        return problems.ToImmutable();
    }

    private static bool TryParse(string url, out BindingAddress address)
    {
        try
        {
            address = BindingAddress.Parse(url);
            return address.Scheme.ToLowerInvariant() is "http" or "https" && address.Host.Length > 0;
        }
        catch (FormatException)
        {
            address = null!;
            return false;
        }
    }

    private static bool IsLocal(BindingAddress address) =>
        address.IsUnixPipe || address.IsNamedPipe || IsLoopbackHost(address.Host);

    /// <summary>Whether a host name or address literal always means this machine.</summary>
    internal static bool IsLoopbackHost(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
