namespace MlActors.Jobs.Configuration.Reading;

/// <summary>Collects what is wrong with a request, so that all of it is said at once.</summary>
public sealed class ProblemList
{
    // A request of a million unknown fields must not give an answer of a million lines.
    private const int Most = 50;
    private const int LongestShown = 80;

    private readonly List<ConfigProblem> _problems = [];
    private int _more;

    public bool Any => _problems.Count > 0;

    public void Add(string path, string message, ProblemKind kind = ProblemKind.Status)
    {
        if (_problems.Count < Most) _problems.Add(new(path, message, kind));
        else _more++;
    }

    /// <summary>Whether a field is known to be wrong already: what depends on it need not be looked at.</summary>
    public bool Has(string path) => _problems.Exists(problem => string.Equals(problem.Path, path, StringComparison.Ordinal));

    /// <exception cref="InvalidConfigException">There is at least one problem.</exception>
    public void ThrowIfAny()
    {
        if (_more > 0) _problems.Add(new("", $"and {_more} more", _problems[0].Kind));
        if (Any) throw new InvalidConfigException([.. _problems]);
    }

    /// <summary>A value fit for a message: not too long.</summary>
    public static string Shown(string text) => text.Length <= LongestShown ? text : string.Concat(text.AsSpan(0, LongestShown), "…");
}
