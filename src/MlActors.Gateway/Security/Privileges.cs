using System.Collections.Frozen;
using System.Collections.Immutable;

namespace MlActors.Gateway.Security;

/// <summary>The cluster privileges, what each includes, and what the built-in roles give.</summary>
public static class Privileges
{
    public const string All = "all";
    public const string Manage = "manage";
    public const string Monitor = "monitor";
    public const string ManageMl = "manage_ml";
    public const string MonitorMl = "monitor_ml";
    public const string ManageSecurity = "manage_security";
    public const string ManageApiKey = "manage_api_key";
    public const string ManageOwnApiKey = "manage_own_api_key";

    /// <summary>The role that may do everything.</summary>
    public const string Superuser = "superuser";

    // Each privilege with those it includes directly.
    private static readonly FrozenDictionary<string, ImmutableArray<string>> Includes = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        [All] = [Manage, ManageSecurity],
        [Manage] = [ManageMl, Monitor],
        [Monitor] = [MonitorMl],
        [ManageMl] = [MonitorMl],
        [MonitorMl] = [],
        [ManageSecurity] = [ManageApiKey],
        [ManageApiKey] = [ManageOwnApiKey],
        [ManageOwnApiKey] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ImmutableArray<string>> Roles = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        [Superuser] = [All],
        ["machine_learning_admin"] = [ManageMl],
        ["machine_learning_user"] = [MonitorMl],
        // What these may do with indices is said in IndexPrivileges.
        ["editor"] = [],
        ["viewer"] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, FrozenSet<string>> Closures = Includes.Keys.ToFrozenDictionary(
        privilege => privilege, privilege => Close([privilege]).ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>Every privilege there is, in alphabetical order.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Includes.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The built-in roles; beside them, a role named like a privilege gives that privilege.</summary>
    public static ImmutableArray<string> RoleNames { get; } = [.. Roles.Keys.Order(StringComparer.Ordinal)];

    public static bool Exists(string privilege) => Includes.ContainsKey(privilege);

    /// <summary>Whether a user may have a role of this name.</summary>
    public static bool RoleExists(string role) => Roles.ContainsKey(role) || Exists(role);

    /// <summary>What the roles give, without what that includes. Unknown roles give nothing.</summary>
    public static ImmutableArray<string> OfRoles(IEnumerable<string> roles) =>
        [.. roles.SelectMany(role => Roles.TryGetValue(role, out var given) ? given : Exists(role) ? [role] : []).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether one of the privileges held is or includes the one needed.</summary>
    public static bool Allow(IEnumerable<string> held, string needed) =>
        held.Any(privilege => Closures.TryGetValue(privilege, out var closure) && closure.Contains(needed));

    /// <summary>All privileges that would do, the least one first.</summary>
    public static ImmutableArray<string> That(string needed) =>
        [.. Closures.Where(pair => pair.Value.Contains(needed)).OrderBy(pair => pair.Value.Count).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Key)];

    private static HashSet<string> Close(IEnumerable<string> privileges)
    {
        var closed = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(privileges);
        while (open.TryPop(out var privilege))
            if (closed.Add(privilege))
                foreach (var included in Includes[privilege]) open.Push(included);
        return closed;
    }
}
