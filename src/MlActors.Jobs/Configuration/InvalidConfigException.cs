using System.Collections.Immutable;

namespace MlActors.Jobs.Configuration;

/// <summary>How the API names a kind of refusal of a configuration.</summary>
public enum ProblemKind { IllegalArgument, Status, XContentParse, AlreadyExists }

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Path">
/// The field, dotted, with list positions in brackets: <c>analysis_config.detectors[0].function</c>; empty for the request as a whole.
/// </param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record ConfigProblem(string Path, string Message, ProblemKind Kind = ProblemKind.IllegalArgument);

/// <summary>A configuration is refused; all that is wrong with it at once.</summary>
public sealed class InvalidConfigException(ImmutableArray<ConfigProblem> problems)
    : Exception(string.Join("; ", problems.Select(p => p.Path.Length == 0 ? p.Message : $"[{p.Path}] {p.Message}")))
{
    public ImmutableArray<ConfigProblem> Problems { get; } = problems;
}
