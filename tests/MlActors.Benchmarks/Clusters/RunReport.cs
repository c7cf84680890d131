using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace MlActors.Benchmarks.Clusters;

/// <summary>What a run has seen.</summary>
/// <param name="logs">The folder in which the logs of the nodes are kept, if they are.</param>
internal sealed partial class RunReport(int seed, string? logs = null)
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _said = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _violations = new();

    public int Violations => _violations.Count;

    public void Count(string what) => _counts.AddOrUpdate(what, 1, (_, count) => count + 1);

    public void Ended(string how) => Count("nodes ended " + how);

    /// <summary>Something that must not be.</summary>
    public void Violation(string what)
    {
        _violations.Enqueue(what);
        Console.WriteLine(Text.Of($"VIOLATION (seed {seed}, {TimeProvider.System.GetUtcNow():HH:mm:ss}) ") + what);
    }

    /// <summary>Keeps the errors of a node's log, those that differ in numbers only as one.</summary>
    public void Hear(string node, string said)
    {
        if (logs is not null) File.AppendAllText(Path.Combine(Directory.CreateDirectory(logs).FullName, node + ".log"), said);
        foreach (var line in said.Split('\n').Where(line => line.Contains("Z fail: ", StringComparison.Ordinal) || line.Contains("Unhandled exception", StringComparison.Ordinal)))
        {
            var text = Digits().Replace(line[Math.Max(0, line.IndexOf("fail: ", StringComparison.Ordinal))..], "#");
            _said.AddOrUpdate(text[..Math.Min(text.Length, 300)], 1, (_, count) => count + 1);
        }
    }

    public void Print()
    {
        foreach (var (what, count) in _counts.OrderBy(count => count.Key, StringComparer.Ordinal)) Text.Print($"{count,8} {what}");
        foreach (var (said, count) in _said.OrderByDescending(line => line.Value).Take(20)) Console.WriteLine(Text.Of($"  log ×{count}: ") + said);
        Text.Print($"seed {seed}: {Violations} violations");
        foreach (var violation in _violations) Console.WriteLine("  " + violation);
    }

    [GeneratedRegex("[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Digits();
}
