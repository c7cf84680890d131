using System.Collections.Immutable;
using MlActors.Storage.Security;

namespace MlActors.Gateway.Security;

/// <summary>Who a request comes from.</summary>
/// <param name="Name">The user; of an API key, its owner.</param>
/// <param name="Roles">The user's roles; empty for an API key.</param>
/// <param name="Held">Cluster privileges held, without what they include.</param>
/// <param name="ApiKeyId">The key that was used, if one was.</param>
public sealed record Principal(string Name, ImmutableArray<string> Roles, ImmutableArray<string> Held, string? ApiKeyId = null, string? ApiKeyName = null)
{
    /// <summary>What may be done with indices of documents.</summary>
    public ImmutableArray<IndexGrant> Indices { get; init; } = [];

    /// <summary>The user of this machine while no authentication is asked for.</summary>
    public static Principal Anonymous { get; } = new("_anonymous", [Privileges.Superuser], [Privileges.All])
    {
        Indices = IndexPrivileges.OfRoles([Privileges.Superuser]),
    };

    public bool IsAnonymous => ReferenceEquals(this, Anonymous);

    public bool MayWithIndex(string privilege, string index) => IndexPrivileges.Allow(Indices, privilege, index);

    public bool May(string privilege) => Privileges.Allow(Held, privilege);
}
