using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Storage.Security;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Security;

/// <summary>Who one is, and API keys.</summary>
public static class SecurityEndpoints
{
    private static readonly Parameter<string?> Refresh = P.Text("refresh", null, ParameterPlace.Query, "Accepted; a change always counts at once.");
    private static readonly Parameter<string?> Id = P.Text("id", null, ParameterPlace.Both, "Id of a key.");
    private static readonly Parameter<string[]> Ids = P.List("ids", "", ParameterPlace.Body, "Ids of keys.");
    private static readonly Parameter<string?> Name = P.Text("name", null, ParameterPlace.Both, "Name of keys; `*` stands for any part.");
    private static readonly Parameter<string?> Username = P.Text("username", null, ParameterPlace.Both, "Owner of keys.");
    private static readonly Parameter<bool> Owner = P.Boolean("owner", false, ParameterPlace.Both, "Only one's own keys.");
    private static readonly Parameter<bool> ActiveOnly = P.Boolean("active_only", false, ParameterPlace.Query, "Leaves out expired and invalidated keys.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("security.authenticate", ["GET"], ["/_security/_authenticate"], null, "cluster:admin/xpack/security/user/authenticate",
            "Who the request comes from.", Authenticate),
        new("security.create_api_key", ["PUT", "POST"], ["/_security/api_key"], Privileges.ManageOwnApiKey, "cluster:admin/xpack/security/api_key/create",
            "Creates an API key for the user of the request, with all of the user's privileges or some. Its secret is shown this once.", CreateAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "`{\"name\": …, \"expiration\": \"30d\", \"role_descriptors\": {\"any name\": {\"cluster\": [\"monitor_ml\"]}}}`; " +
                "only `name` is required. A role may also have `\"indices\": [{\"names\": [\"logs-*\"], \"privileges\": [\"create_doc\", \"auto_configure\"]}]`.",
            Parameters = [Refresh],
        },
        new("security.get_api_key", ["GET"], ["/_security/api_key"], Privileges.ManageOwnApiKey, "cluster:admin/xpack/security/api_key/get",
            "The API keys; without `manage_api_key` only one's own. Secrets are never shown.", GetAsync)
        {
            Parameters = [Id with { Place = ParameterPlace.Query }, Name with { Place = ParameterPlace.Query }, Username with { Place = ParameterPlace.Query },
                Owner with { Place = ParameterPlace.Query }, ActiveOnly],
        },
        new("security.invalidate_api_key", ["DELETE"], ["/_security/api_key"], Privileges.ManageOwnApiKey, "cluster:admin/xpack/security/api_key/invalidate",
            "Invalidates API keys, at once and for good; without `manage_api_key` only one's own.", InvalidateAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Id, Ids, Name, Username, Owner],
        },
    ];

    private static Task<ApiResult> Authenticate(ApiCall call) => Task.FromResult(ApiResult.Json(json =>
    {
        var principal = call.Principal;
        var realm = principal.IsAnonymous ? "__anonymous" : principal.ApiKeyId is null ? "native" : "_es_api_key";
        json.WriteStartObject();
        json.WriteString("username", principal.Name);
        json.WriteStartArray("roles");
        foreach (var role in principal.Roles) json.WriteStringValue(role);
        json.WriteEndArray();
        json.WriteNull("full_name");
        json.WriteNull("email");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteBoolean("enabled", true);
        foreach (var name in new[] { "authentication_realm", "lookup_realm" })
        {
            json.WriteStartObject(name);
            json.WriteString("name", realm);
            json.WriteString("type", realm);
            json.WriteEndObject();
        }
        json.WriteString("authentication_type", principal.IsAnonymous ? "anonymous" : principal.ApiKeyId is null ? "realm" : "api_key");
        if (principal.ApiKeyId is { } key)
        {
            json.WriteStartObject("api_key");
            json.WriteString("id", key);
            json.WriteString("name", principal.ApiKeyName);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }));

    private static async Task<ApiResult> CreateAsync(ApiCall call)
    {
        var principal = call.Principal;
        if (principal.IsAnonymous)
            throw ApiException.IllegalArgument("the anonymous local user cannot have API keys; switch authentication on and create a user");
        // A key that makes keys could outlive its own expiry and invalidation.
        if (principal.ApiKeyId is not null) throw ApiException.IllegalArgument("an API key cannot create API keys; authenticate as a user");
        using var body = call.ParseBody();
        var request = ApiKeyRequest.Read(body.RootElement);
        var missing = (request.Privileges ?? []).Where(privilege => !principal.May(privilege)).ToList();
        if (missing.Count > 0)
        {
            throw ApiException.IllegalArgument(
                $"user [{principal.Name}] does not have the privileges [{string.Join(',', missing)}], so a key of this user cannot have them");
        }
        if ((request.Indices ?? []).FirstOrDefault(grant => !IsHeld(principal, grant)) is { } beyond)
        {
            throw ApiException.IllegalArgument(
                $"user [{principal.Name}] does not have the index privileges [{string.Join(',', beyond.Privileges)}] on [{string.Join(',', beyond.Names)}], so a key of this user cannot have them");
        }
        var secret = ApiKeySecret.New();
        var now = call.Services.NowMs;
        var key = new StoredApiKey(secret.Id, request.Name, secret.SecretHash, principal.Name, request.Privileges ?? principal.Held, now,
            request.Expiration is { } life ? now + (long)life.TotalMilliseconds : null, Invalidated: false, request.Indices ?? principal.Indices);
        await call.Services.Security.PutApiKeyAsync(key);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", key.Id);
            json.WriteString("name", key.Name);
            if (key.ExpiresMs is { } expires) json.WriteNumber("expiration", expires);
            json.WriteString("api_key", secret.Secret);
            json.WriteString("encoded", secret.Encoded);
            json.WriteEndObject();
        });
    }

    private static bool IsHeld(Principal principal, IndexGrant grant) =>
        grant.Names.All(name => grant.Privileges.All(privilege => principal.MayWithIndex(privilege, name)));

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var keys = await FindAsync(call);
        if (call.Get(Id) is { } id && keys.Count == 0) throw ApiException.NotFound($"no API key with the id [{id}] is known to this user");
        if (call.Get(ActiveOnly)) keys = keys.FindAll(key => !key.Invalidated && !(key.ExpiresMs <= call.Services.NowMs));
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("api_keys");
            foreach (var key in keys) Write(json, key);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> InvalidateAsync(ApiCall call)
    {
        if (!call.Has(Id) && !call.Has(Ids) && !call.Has(Name) && !call.Has(Username) && !call.Get(Owner))
            throw ApiException.IllegalArgument("nothing says which keys; give [ids], [name], [username] or [owner]");
        var keys = await FindAsync(call);
        foreach (var key in keys.Where(key => !key.Invalidated)) await call.Services.Security.PutApiKeyAsync(key with { Invalidated = true });
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            WriteIds("invalidated_api_keys", keys.Where(key => !key.Invalidated));
            WriteIds("previously_invalidated_api_keys", keys.Where(key => key.Invalidated));
            json.WriteNumber("error_count", 0);
            json.WriteEndObject();

            void WriteIds(string name, IEnumerable<StoredApiKey> some)
            {
                json.WriteStartArray(name);
                foreach (var key in some) json.WriteStringValue(key.Id);
                json.WriteEndArray();
            }
        });
    }

    private static async Task<List<StoredApiKey>> FindAsync(ApiCall call)
    {
        var all = await call.Services.Security.ListApiKeysAsync();
        var onlyOwn = call.Get(Owner) || !call.Principal.May(Privileges.ManageApiKey);
        string[] ids = [.. call.Get(Ids), .. call.Get(Id) is { } id ? [id] : Array.Empty<string>()];
        return [.. all.Where(key =>
            (!onlyOwn || key.Owner == call.Principal.Name)
            // A key without the right to manage others sees itself, not its owner's other keys.
            && (!onlyOwn || call.Principal.ApiKeyId is not { } self || key.Id == self)
            && (ids.Length == 0 || ids.Contains(key.Id, StringComparer.Ordinal))
            && (call.Get(Name) is not { } name || MlActors.Jobs.Expressions.JobExpression.Matches(name, key.Name))
            && (call.Get(Username) is not { } owner || key.Owner == owner))];
    }

    private static void Write(Utf8JsonWriter json, StoredApiKey key)
    {
        json.WriteStartObject();
        json.WriteString("id", key.Id);
        json.WriteString("name", key.Name);
        json.WriteString("type", "rest");
        json.WriteNumber("creation", key.CreatedMs);
        if (key.ExpiresMs is { } expires) json.WriteNumber("expiration", expires);
        json.WriteBoolean("invalidated", key.Invalidated);
        json.WriteString("username", key.Owner);
        json.WriteString("realm", "native");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteStartObject("role_descriptors");
        json.WriteStartObject("privileges");
        json.WriteStartArray("cluster");
        foreach (var privilege in key.Privileges) json.WriteStringValue(privilege);
        json.WriteEndArray();
        json.WriteStartArray("indices");
        foreach (var grant in key.Indices ?? [])
        {
            json.WriteStartObject();
            WriteNames("names", grant.Names);
            WriteNames("privileges", grant.Privileges);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();

        void WriteNames(string name, IEnumerable<string> names)
        {
            json.WriteStartArray(name);
            foreach (var item in names) json.WriteStringValue(item);
            json.WriteEndArray();
        }
    }
}
