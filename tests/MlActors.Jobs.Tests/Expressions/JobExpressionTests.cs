using System.Text.RegularExpressions;
using CsCheck;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Tests.Expressions;

public sealed class JobExpressionTests
{
    private static readonly (ResolvedJob, IReadOnlyList<string>)[] Jobs =
    [
        Job("web-b", "web", "all-sites"), Job("web-a", "web"), Job("db-1", "db"), Job("a.b_c"),
    ];

    [Theory]
    [InlineData("web-a", "web-a", "", "")]
    [InlineData(" web-a , db-1 ", "db-1 web-a", "", "")]
    [InlineData("web-a,web-a,web", "web-a web-b", "", "")]
    [InlineData("web", "web-a web-b", "", "")]
    [InlineData("we*", "web-a web-b", "", "")]
    [InlineData("*sites", "web-b", "", "")]
    [InlineData("*", "a.b_c db-1 web-a web-b", "", "")]
    [InlineData("_all", "a.b_c db-1 web-a web-b", "", "")]
    [InlineData("**", "a.b_c db-1 web-a web-b", "", "")]
    [InlineData("_all,x*", "a.b_c db-1 web-a web-b", "", "")]
    [InlineData("_all,db-1,gone", "a.b_c db-1 web-a web-b", "gone", "")]
    [InlineData("gone", "", "gone", "")]
    [InlineData("WEB-A", "", "WEB-A", "")]
    [InlineData("a?b_c,[x]", "", "a?b_c [x]", "")]
    [InlineData("web-a,gone,gone,lost", "web-a", "gone lost", "")]
    [InlineData("x*,w*", "web-a web-b", "", "x*")]
    [InlineData("x*,gone", "", "gone", "x*")]
    public void An_expression_stands_for_ids_and_groups(string text, string jobs, string literals, string wildcards)
    {
        var resolution = JobExpression.Resolve(Parse(text), Jobs);
        string.Join(' ', resolution.Jobs.Select(job => job.JobId)).ShouldBe(jobs);
        string.Join(' ', resolution.UnmatchedLiterals).ShouldBe(literals);
        string.Join(' ', resolution.UnmatchedWildcards).ShouldBe(wildcards);
    }

    [Fact]
    public void Every_job_of_none_is_an_unmatched_wildcard()
    {
        JobExpression.Resolve(Parse("*"), []).UnmatchedWildcards.ShouldBe(["_all"]);
        JobExpression.Resolve(Parse("*,gone"), []).UnmatchedLiterals.ShouldBe(["gone"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData(",a")]
    [InlineData("a, ,b")]
    [InlineData("_all,")]
    public void A_blank_token_makes_an_expression_invalid(string text)
    {
        JobExpression.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem.ShouldContain(string.IsNullOrWhiteSpace(text) ? "[_all]" : "remove the extra comma");
    }

    [Fact]
    public void Equal_expressions_are_equal() => Parse(" a ,b").ShouldBe(Parse("a,b"));

    [Fact]
    public void Wildcards_match_as_a_regular_expression_would() =>
        Gen.Select(Gen.String[Gen.Char["ab*"], 0, 8], Gen.String[Gen.Char["ab"], 0, 10]).Sample((pattern, name) =>
            JobExpression.Matches(pattern, name) == Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace("\\*", ".*") + "$"), iter: 20_000);

    [Fact]
    public void Resolving_agrees_with_asking_each_job()
    {
        var names = Gen.String[Gen.Char["ab"], 1, 3];
        var jobs = Gen.Select(names, names.Array[0, 2]).Array[0, 6];
        var tokens = Gen.String[Gen.Char["ab*"], 1, 3].Array[1, 4];
        Gen.Select(jobs, tokens).Sample((jobs, tokens) =>
        {
            jobs = [.. jobs.DistinctBy(job => job.Item1)];
            var resolution = JobExpression.Resolve(Parse(string.Join(',', tokens)), jobs.Select(job => Job(job.Item1, job.Item2)));
            var expected = jobs.Where(job => tokens.Any(token => job.Item2.Append(job.Item1).Any(name => Naive(token, name))))
                .Select(job => job.Item1).Order(StringComparer.Ordinal);
            resolution.Jobs.Select(job => job.JobId).ShouldBe(expected);
            var known = jobs.SelectMany(job => job.Item2.Append(job.Item1)).ToHashSet();
            resolution.UnmatchedLiterals.ShouldBe(tokens.Where(token => !token.Contains('*') && !known.Contains(token)).Distinct());
        });

        static bool Naive(string token, string name) => Regex.IsMatch(name, "^" + token.Replace("*", ".*") + "$");
    }

    [Fact]
    public void A_hostile_pattern_is_answered_at_once()
    {
        // A matcher that goes back at every star needs more than 10^20 steps here, so this would not end.
        var pattern = string.Concat(Enumerable.Repeat("a*", 30)) + "b";
        JobExpression.Matches(pattern, new string('a', 5000)).ShouldBeFalse();
    }

    private static JobExpression Parse(string text)
    {
        JobExpression.TryParse(text, out var expression, out var problem).ShouldBeTrue(problem);
        return expression;
    }

    private static (ResolvedJob, IReadOnlyList<string>) Job(string id, params string[] groups) => (new(id, JobState.Closed, BlockedReason.None), groups);
}
