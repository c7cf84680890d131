using System.Text;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Tests.Support;

/// <summary>The page about the detector functions, made of their table.</summary>
public static class FunctionPage
{
    private const string Head = """
        # Detector functions

        A detector of a job has one `function`. Functions with `low_` and `high_` forms report only values that are too low, or too high. Short names may be
        used in requests; answers carry the long ones. `partition_field_name` may be given with every function.

        With `over_field_name`, the values of that field are members of a population and are compared with each other; such detectors are not forecast. In
        buckets in which a member had no records it has no value, whatever the function.

        This page is made of the table that validation uses (`src/MlActors.Analysis/Functions/DetectorFunction.cs`):
        `MLACTORS_WRITE_DOCS=1 ./test.sh FunctionTableTests` writes it.

        """;

    public static string Render()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var functions in DetectorFunction.All.GroupBy(function => function.Aggregate))
        {
            var first = functions.First();
            page.Append($"\n## {first.Name}\n\n{first.Summary}\n\n| | |\n|---|---|\n");
            Row("names", string.Join(", ", functions.Select(function => $"`{function.Name}`")));
            var shortNames = functions.SelectMany(function => function.ShortNames).ToArray();
            if (shortNames.Length > 0) Row("short names", string.Join(", ", shortNames.Select(name => $"`{name}`")));
            Row("`field_name`", first.Field switch
            {
                FieldRule.Required => first.Aggregate == Aggregate.GeographicPoint ? "required; a place" : first.Aggregate.IsOfText() ? "required; any text" : "required; a number",
                var rule => Word(rule),
            });
            Row("`by_field_name`", Word(first.By));
            Row("`over_field_name`", Word(first.Over));
            Row("`actual`, `typical`", first.Actual);
            Row("an empty bucket", first.Aggregate.IsZeroWhenEmpty() ? "is 0" : "has no value and is not judged");
            Row("forecast", first.Aggregate.CanBeForecast() ? "yes, without `over_field_name`" : "no");
        }
        return page.ToString();

        void Row(string name, string text) => page.Append($"| {name} | {text} |\n");
    }

    private static string Word(FieldRule rule) => rule switch
    {
        FieldRule.Required => "required",
        FieldRule.Optional => "allowed",
        _ => "not allowed",
    };
}
