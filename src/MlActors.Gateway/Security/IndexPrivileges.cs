using System.Collections.Frozen;
using System.Collections.Immutable;
using MlActors.Jobs.Expressions;
using MlActors.Storage.Security;

namespace MlActors.Gateway.Security;

/// <summary>The privileges on indices of documents, what each includes, and what the built-in roles give.</summary>
public static class IndexPrivileges
{
    public const string All = "all";
    public const string Manage = "manage";
    public const string Monitor = "monitor";
    public const string Read = "read";
    public const string Write = "write";
    public const string Index = "index";
    public const string CreateDoc = "create_doc";
    public const string Delete = "delete";
    public const string CreateIndex = "create_index";
    public const string DeleteIndex = "delete_index";
    public const string ViewMetadata = "view_index_metadata";
    public const string Maintenance = "maintenance";

    // Each privilege with those it includes directly.
    private static readonly FrozenDictionary<string, ImmutableArray<string>> Includes = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        [All] = [Manage, Read, Write],
        [Manage] = [Monitor, ViewMetadata, "auto_configure", DeleteIndex, Maintenance],
        [Monitor] = [],
        [Read] = [],
        [Write] = [Index, Delete],
        [Index] = [CreateDoc],
        ["create"] = [CreateDoc],
        [CreateDoc] = [],
        [Delete] = [],
        ["auto_configure"] = [CreateIndex],
        [CreateIndex] = [],
        [DeleteIndex] = [],
        [ViewMetadata] = [],
        [Maintenance] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, IndexGrant> Roles = new Dictionary<string, IndexGrant>(StringComparer.Ordinal)
    {
        [Privileges.Superuser] = new(["*"], [All]),
        [Privileges.All] = new(["*"], [All]),
        ["editor"] = new(["*"], [Read, Write, "auto_configure", ViewMetadata, Monitor, Maintenance]),
        ["viewer"] = new(["*"], [Read, ViewMetadata, Monitor]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every privilege there is, in alphabetical order.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Includes.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The roles that give privileges on indices.</summary>
    public static ImmutableArray<string> RoleNames { get; } = [.. Roles.Keys.Order(StringComparer.Ordinal)];

    public static bool Exists(string privilege) => Includes.ContainsKey(privilege);

    public static ImmutableArray<IndexGrant> OfRoles(IEnumerable<string> roles) => [.. roles.Select(role => Roles.GetValueOrDefault(role)).OfType<IndexGrant>()];

    /// <summary>Whether one of the grants is for this index and is or includes the privilege.</summary>
    public static bool Allow(IEnumerable<IndexGrant> grants, string needed, string index) =>
        grants.Any(grant => grant.Names.Any(name => JobExpression.Matches(name, index)) && Gives(grant, needed));

    /// <summary>Whether there is an index for which they would give the privilege.</summary>
    public static bool AllowSomewhere(IEnumerable<IndexGrant> grants, string needed) => grants.Any(grant => Gives(grant, needed));

    /// <summary>All privileges that would do, the least one first.</summary>
    public static ImmutableArray<string> That(string needed) =>
        [.. Includes.Keys.Where(name => Contains(name, needed)).OrderBy(name => Includes.Keys.Count(other => Contains(name, other))).ThenBy(name => name, StringComparer.Ordinal)];

    private static bool Gives(IndexGrant grant, string needed) => grant.Privileges.Any(held => Contains(held, needed));

    private static bool Contains(string held, string needed) =>
        held == needed || (Includes.TryGetValue(held, out var included) && included.Any(inner => Contains(inner, needed)));
}
