namespace MlActors.Storage.Checking;

/// <summary>Something that is not as it has to be.</summary>
/// <param name="What">What was found, and where.</param>
/// <param name="Fix">What to do.</param>
public sealed record Finding(string What, string Fix);

/// <summary>What a check has found.</summary>
/// <param name="Jobs">Jobs that were looked at.</param>
/// <param name="Notes">What the reader of the findings has to know, and is no defect.</param>
public sealed record CheckReport(int Jobs, IReadOnlyList<Finding> Findings, IReadOnlyList<string> Notes);

/// <summary>Collects findings; a defect that is everywhere is told so often and no more.</summary>
internal sealed class Findings
{
    private const int MostOfAKind = 20;

    private readonly List<Finding> _all = [];
    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);

    /// <param name="kind">Findings of one kind are counted together.</param>
    public void Add(string kind, string what, string fix)
    {
        var count = _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        if (count <= MostOfAKind) _all.Add(new Finding(what, fix));
    }

    public IReadOnlyList<Finding> List() =>
        [.. _all, .. _kinds.Where(kind => kind.Value > MostOfAKind).Select(kind => new Finding($"{kind.Value - MostOfAKind} more of this kind: {kind.Key}", "mend those that are named, and check again"))];
}
