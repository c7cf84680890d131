using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Storage.Security;

namespace MlActors.Gateway.Security;

/// <summary>The body of a request for a new API key.</summary>
/// <param name="Privileges">Cluster privileges asked for; <c>null</c> for all of the user's.</param>
/// <param name="Indices">Privileges on indices asked for; <c>null</c> for all of the user's.</param>
internal sealed record ApiKeyRequest(string Name, TimeSpan? Expiration, IReadOnlyList<string>? Privileges, IReadOnlyList<IndexGrant>? Indices)
{
    private const int LongestName = 256;

    /// <exception cref="ApiException">400 that names the field and the fix.</exception>
    public static ApiKeyRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw ApiException.Parse("the body must be a JSON object");
        string? name = null;
        TimeSpan? expiration = null;
        var (privileges, indices) = ((List<string>?)null, new List<IndexGrant>());
        foreach (var field in body.EnumerateObject())
        {
            switch (field.Name)
            {
                case "name": name = Text(field); break;
                case "expiration" when field.Value.ValueKind == JsonValueKind.Null: break;
                case "expiration":
                    if (ParameterKinds.Duration.Read(Text(field), default, out var life) is { } problem)
                        throw ApiException.IllegalArgument($"[expiration] in the body: {problem}");
                    expiration = life > TimeSpan.Zero && life < TimeSpan.FromDays(36_500)
                        ? life
                        : throw ApiException.IllegalArgument("[expiration] in the body must be more than 0 and less than 36500d");
                    break;
                case "role_descriptors": privileges = Roles(field.Value, indices); break;
                case "metadata" when IsEmpty(field.Value): break;
                case "metadata": throw ApiException.IllegalArgument("[metadata] in the body is not supported; leave it out");
                default: throw ArgumentReader.Unknown("field", field.Name, "in the body", ["name", "expiration", "role_descriptors", "metadata"]);
            }
        }
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.StartsWith('_') || name != name.Trim())
        {
            throw ApiException.IllegalArgument(
                $"[name] in the body must have 1 to {LongestName} characters, not begin with [_], and have no blank at either end");
        }
        var limited = privileges is { Count: > 0 } || indices.Count > 0;
        return new ApiKeyRequest(name, expiration, limited ? privileges : null, limited ? indices : null);
    }

    private static List<string> Roles(JsonElement roles, List<IndexGrant> indices)
    {
        if (roles.ValueKind != JsonValueKind.Object) throw ApiException.IllegalArgument("[role_descriptors] in the body must be an object of roles");
        var privileges = new List<string>();
        foreach (var role in roles.EnumerateObject())
        {
            if (role.Value.ValueKind != JsonValueKind.Object)
                throw ApiException.IllegalArgument($"[role_descriptors.{role.Name}] in the body must be an object");
            foreach (var field in role.Value.EnumerateObject())
            {
                var path = $"role_descriptors.{role.Name}.{field.Name}";
                if (field.Name == "cluster") privileges.AddRange(ClusterPrivileges(field.Value, path));
                else if (field.Name is "indices" or "index") indices.AddRange(Grants(field.Value, path));
                else if (!IsEmpty(field.Value))
                    throw ApiException.IllegalArgument($"[{path}] in the body is not supported; only [cluster] and [indices] privileges are");
            }
        }
        return roles.EnumerateObject().Any() && privileges.Count == 0 && indices.Count == 0
            ? throw ApiException.IllegalArgument("[role_descriptors] in the body gives no privilege at all; leave it out to give the key all of the user's")
            : [.. privileges.Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> ClusterPrivileges(JsonElement list, string path)
    {
        if (list.ValueKind != JsonValueKind.Array) throw ApiException.IllegalArgument($"[{path}] in the body must be a list of privileges");
        foreach (var item in list.EnumerateArray())
        {
            var name = item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText();
            yield return Security.Privileges.Exists(name)
                ? name
                : throw ArgumentReader.Unknown("privilege", name, $"in [{path}] of the body", Security.Privileges.Names);
        }
    }

    private static IEnumerable<IndexGrant> Grants(JsonElement list, string path)
    {
        if (list.ValueKind != JsonValueKind.Array) throw ApiException.IllegalArgument($"[{path}] in the body must be a list of objects with names and privileges");
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) throw ApiException.IllegalArgument($"[{path}] in the body must be a list of objects with names and privileges");
            var (names, privileges) = (new List<string>(), new List<string>());
            foreach (var field in item.EnumerateObject())
            {
                if (field.Name == "names") names.AddRange(Texts(field.Value, path + ".names"));
                else if (field.Name == "privileges") privileges.AddRange(Texts(field.Value, path + ".privileges"));
                else if (!IsEmpty(field.Value) && !(field.Name == "allow_restricted_indices" && field.Value.ValueKind == JsonValueKind.False))
                    throw ApiException.IllegalArgument($"[{path}.{field.Name}] in the body is not supported; only [names] and [privileges] are");
            }
            if (names.Count == 0 || privileges.Count == 0) throw ApiException.IllegalArgument($"[{path}] in the body needs [names] and [privileges]");
            if (privileges.Find(name => !IndexPrivileges.Exists(name)) is { } unknown)
                throw ArgumentReader.Unknown("privilege", unknown, $"in [{path}] of the body", IndexPrivileges.Names);
            yield return new IndexGrant(names, privileges);
        }
    }

    private static IEnumerable<string> Texts(JsonElement element, string path)
    {
        var items = element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().ToList() : [element];
        return items.TrueForAll(item => item.ValueKind == JsonValueKind.String)
            ? items.Select(item => item.GetString()!)
            : throw ApiException.IllegalArgument($"[{path}] in the body must be a list of names");
    }

    private static string Text(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.String
            ? field.Value.GetString()!
            : throw ApiException.IllegalArgument($"[{field.Name}] in the body must be text");

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };
}
