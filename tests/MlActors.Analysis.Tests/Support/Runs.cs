using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;

namespace MlActors.Analysis.Tests.Support;

public static class Runs
{
    public static List<BucketResult> FoldAll(this JobAnalysis analysis, params IEnumerable<AnalysisInput> inputs)
    {
        var results = new List<BucketResult>();
        foreach (var input in inputs) analysis.Fold(input, results, CancellationToken.None);
        return results;
    }

    public static void ShouldHaveStateOf(this JobAnalysis analysis, JobAnalysis other) =>
        analysis.SaveState().AsSpan().SequenceEqual(other.SaveState()).ShouldBeTrue("the saved states differ");

    /// <summary>Compares every bit of two lists of results and shows the first that differs.</summary>
    public static void ShouldBeSameAs(this IReadOnlyList<BucketResult> results, IReadOnlyList<BucketResult> expected)
    {
        results.Count.ShouldBe(expected.Count);
        for (var i = 0; i < results.Count; i++)
            if (results[i].Print() is var print && print != expected[i].Print())
                print.ShouldBe(expected[i].Print());
    }

    /// <summary>Every bit of a result as text, so that lists inside are compared by value.</summary>
    public static string Print(this BucketResult result) => JsonSerializer.Serialize(result);
}
