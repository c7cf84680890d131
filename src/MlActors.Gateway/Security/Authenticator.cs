using System.Collections.Immutable;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Storage.Security;

namespace MlActors.Gateway.Security;

/// <summary>Finds out who a request comes from, and whether that user may do what it asks for. Runs before anything else looks at the request.</summary>
public sealed class Authenticator(ISecurityStore store, GatewayOptions options, TimeProvider time, PasswordCache passwords)
{
    private static readonly ImmutableArray<string> Challenges = ["Basic realm=\"mlactors\", charset=\"UTF-8\"", "ApiKey"];

    /// <exception cref="ApiException">401; 403 when there is no authentication and the request is not from this machine.</exception>
    public async Task<Principal> AuthenticateAsync(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (options.AuthenticationEnabled && header.Length > 0) return await CheckAsync(header, http.RequestAborted);
        if (options.AllowsAnonymous && IsFromHere(http)) return Principal.Anonymous;
        if (options.AuthenticationEnabled) throw Refuse("credentials are missing: send an Authorization header with Basic or ApiKey");
        // Credentials would not help, so none are asked for.
        throw new ApiException(403, ErrorTypes.Security,
            "without authentication only requests from this machine are served, under its own name and not through a proxy or a foreign page");
    }

    /// <exception cref="ApiException">403.</exception>
    public static void Authorize(Principal principal, ApiEndpoint endpoint)
    {
        if (endpoint.IndexPrivilege is { } onIndices)
        {
            // Which indices are meant the handler finds out; who has none of them need not be read any further.
            if (!IndexPrivileges.AllowSomewhere(principal.Indices, onIndices)) throw Forbidden(principal, endpoint, onIndices, index: null);
            return;
        }
        if (endpoint.Privilege is null || principal.May(endpoint.Privilege)) return;
        var privileges = string.Join(',', Privileges.That(endpoint.Privilege));
        throw new ApiException(403, ErrorTypes.Security,
            $"action [{endpoint.Action}] is not allowed for {Describe(principal)}; it needs one of the cluster privileges [{privileges}]");
    }

    /// <summary>The 403 for an index.</summary>
    /// <param name="index"><c>null</c>: for any.</param>
    public static ApiException Forbidden(Principal principal, ApiEndpoint endpoint, string privilege, string? index) => new(403, ErrorTypes.Security,
        $"action [{endpoint.Action}] is not allowed for {Describe(principal)}{(index is null ? "" : $" on the index [{index}]")}; " +
        $"it needs one of the index privileges [{string.Join(',', IndexPrivileges.That(privilege))}]");

    private static string Describe(Principal principal) => principal.ApiKeyId is { } key
        ? $"API key id [{key}] of user [{principal.Name}]"
        : $"user [{principal.Name}] with roles [{string.Join(',', principal.Roles)}]";

    private async Task<Principal> CheckAsync(string header, CancellationToken cancellation)
    {
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        var (scheme, value) = space < 0 ? (header, "") : (header[..space], header[(space + 1)..].Trim());
        return scheme.ToLowerInvariant() switch
        {
            "basic" => await CheckPasswordAsync(value, cancellation),
            "apikey" => await CheckApiKeyAsync(value),
            _ => throw Refuse("the Authorization header has a scheme that is not supported; use Basic or ApiKey"),
        };
    }

    private async Task<Principal> CheckPasswordAsync(string value, CancellationToken cancellation)
    {
        if (!TryDecodeBasic(value, out var name, out var password)) throw Refuse("the Basic credentials are not base64 of user:password");
        var user = await store.FindUserAsync(name);
        // The password is checked in any case, so that time does not tell which users exist or are disabled.
        if (!await passwords.VerifyAsync(name, password, user?.PasswordHash, cancellation) || user is not { Enabled: true })
            throw Refuse($"unable to authenticate user [{name}]");
        return new Principal(user.Name, [.. user.Roles], Privileges.OfRoles(user.Roles)) { Indices = IndexPrivileges.OfRoles(user.Roles) };
    }

    private async Task<Principal> CheckApiKeyAsync(string value)
    {
        if (!ApiKeySecret.TryDecode(value, out var sent)) throw Refuse("the API key is not base64 of id:key");
        var key = await store.FindApiKeyAsync(sent.Id);
        // One text for all reasons: whether an id exists is nobody's business.
        if (key is null || !sent.Matches(key.SecretHash) || key.Invalidated || key.ExpiresMs <= time.GetUtcNow().ToUnixTimeMilliseconds())
            throw Refuse("unable to authenticate with this API key: it is unknown, expired or invalidated");
        return new Principal(key.Owner, [], [.. key.Privileges], key.Id, key.Name) { Indices = [.. key.Indices ?? []] };
    }

    private static bool TryDecodeBasic(string value, out string name, out string password)
    {
        (name, password) = ("", "");
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, bytes, out var length)) return false;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) return false;
        (name, password) = (text[..colon], text[(colon + 1)..]);
        return true;
    }

    /// <summary>
    /// Whether a person or program on this machine sent it: not a proxy in front, and not a foreign web page in a local browser, neither directly
    /// (cross-site request) nor under a name that it made point here.
    /// </summary>
    private static bool IsFromHere(HttpContext http)
    {
        var remote = http.Connection.RemoteIpAddress;
        if (remote is not null && !IPAddress.IsLoopback(remote)) return false;
        var headers = http.Request.Headers;
        if (headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded")) return false;
        if (!ListenPolicy.IsLoopbackHost(http.Request.Host.Host)) return false;
        var origin = headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && ListenPolicy.IsLoopbackHost(uri.Host));
    }

    private static ApiException Refuse(string reason) => new(401, ErrorTypes.Security, reason) { Challenges = Challenges };
}
