using System.Collections.Immutable;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Expressions;

/// <summary>
/// A job expression of the API: ids, group names and <c>*</c> wildcards over both, separated by commas; <c>_all</c> and <c>*</c> mean every job,
/// also as one token among others. A literal beside them must exist all the same: a misspelt name is an error, never ignored.
/// </summary>
/// <param name="All">Whether it means every job.</param>
/// <param name="Tokens">The single tokens, trimmed, de-duplicated, in order; when <paramref name="All"/>, the literals beside it.</param>
public sealed record JobExpression(bool All, ImmutableArray<string> Tokens)
{
    /// <summary>Every job.</summary>
    public static JobExpression Everything { get; } = new(true, []);

    /// <summary>Reads an expression. A blank token anywhere makes it invalid.</summary>
    /// <param name="problem">What is wrong, when the answer is <c>false</c>.</param>
    public static bool TryParse(string text, out JobExpression expression, out string problem)
    {
        expression = Everything with { All = false };
        problem = "";
        var tokens = text.Split(',', StringSplitOptions.TrimEntries);
        if (tokens.Contains("", StringComparer.Ordinal))
        {
            problem = string.IsNullOrWhiteSpace(text)
                ? "a job id is required: name a job, a group or a wildcard, or [_all] for every job"
                : $"the job expression [{text}] has a blank between or beside its commas: remove the extra comma or put in the missing job id";
            return false;
        }
        var all = tokens.Any(MeansAll);
        // Beside "every job" a wildcard adds nothing, but a literal may still be wrong.
        expression = new(all, [.. tokens.Where(token => !all || !(MeansAll(token) || IsWildcard(token))).Distinct(StringComparer.Ordinal)]);
        return true;
    }

    public static bool IsWildcard(string token) => token.Contains('*', StringComparison.Ordinal);

    /// <summary>Whether a pattern with <c>*</c> for any run of characters matches the whole name.</summary>
    /// <remarks>
    /// Each part between two stars is looked for once, leftmost first, and never looked for again: going back could not help,
    /// as the star before it takes up whatever is skipped.
    /// </remarks>
    public static bool Matches(string pattern, string name)
    {
        var first = pattern.IndexOf('*', StringComparison.Ordinal);
        if (first < 0) return string.Equals(pattern, name, StringComparison.Ordinal);
        var last = pattern.LastIndexOf('*');
        var head = pattern.AsSpan(0, first);
        var tail = pattern.AsSpan(last + 1);
        var rest = name.AsSpan();
        if (rest.Length < head.Length + tail.Length || !rest.StartsWith(head) || !rest.EndsWith(tail)) return false;
        rest = rest[head.Length..^tail.Length];
        var middle = pattern.AsSpan(first, last - first);
        foreach (var range in middle.Split('*'))
        {
            var part = middle[range];
            var at = rest.IndexOf(part);
            if (at < 0) return false;
            rest = rest[(at + part.Length)..];
        }
        return true;
    }

    /// <summary>Resolves against all jobs: the pure rule, used by every storage. The jobs come out sorted by id, each once.</summary>
    public static Resolution Resolve(JobExpression expression, IEnumerable<(ResolvedJob Job, IReadOnlyList<string> Groups)> jobs)
    {
        var matched = new SortedDictionary<string, ResolvedJob>(StringComparer.Ordinal);
        var literals = expression.Tokens.Where(token => !IsWildcard(token)).ToHashSet(StringComparer.Ordinal);
        var wildcards = expression.Tokens.Where(IsWildcard).ToArray();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (job, groups) in jobs)
        {
            var found = expression.All;
            found |= Try(job.JobId);
            foreach (var group in groups) found |= Try(group);
            if (found) matched[job.JobId] = job;
        }
        return new(
            [.. matched.Values],
            [.. expression.Tokens.Where(token => !IsWildcard(token) && !used.Contains(token))],
            Unmatched());

        bool Try(string name)
        {
            var hit = literals.Contains(name);
            if (hit) used.Add(name);
            foreach (var wildcard in wildcards)
            {
                if (!Matches(wildcard, name)) continue;
                used.Add(wildcard);
                hit = true;
            }
            return hit;
        }

        string[] Unmatched()
        {
            if (expression.All) return matched.Count == 0 ? ["_all"] : [];
            return [.. wildcards.Where(token => !used.Contains(token))];
        }
    }

    public bool Equals(JobExpression? other) => other is not null && All == other.All && Tokens.SequenceEqual(other.Tokens, StringComparer.Ordinal);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(All);
        foreach (var token in Tokens) hash.Add(token, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    private static bool MeansAll(string token) => token is "_all" || (token.Length > 0 && token.AsSpan().Trim('*').IsEmpty);
}
