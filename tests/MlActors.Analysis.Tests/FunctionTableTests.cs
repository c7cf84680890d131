using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Tests.Support;

namespace MlActors.Analysis.Tests;

/// <summary>The one table of functions, its page in the documentation, and that what it says of them is so.</summary>
public class FunctionTableTests
{
    private const long Span = 3600;

    public static TheoryData<string> Names => [.. DetectorFunction.All.Select(function => function.Name)];

    [Fact]
    public void The_page_of_the_documentation_is_that_of_the_table()
    {
        var path = Path.Combine(Root(), "docs/users/functions.md");
        var wanted = FunctionPage.Render();
        if (Environment.GetEnvironmentVariable("MLACTORS_WRITE_DOCS") == "1") File.WriteAllText(path, wanted);
        else (File.Exists(path) && File.ReadAllText(path) == wanted).ShouldBeTrue("docs/users/functions.md is not of this table; write it anew with MLACTORS_WRITE_DOCS=1 ./test.sh FunctionTableTests");
    }

    [Fact]
    public void No_name_stands_for_two_functions()
    {
        var names = DetectorFunction.All.SelectMany(function => function.ShortNames.Append(function.Name)).ToArray();
        names.Distinct().Count().ShouldBe(names.Length);
        foreach (var name in names) DetectorFunction.Find(name).ShouldNotBeNull();
        DetectorFunction.Find("COUNT").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_function_is_analysed_and_forecast_or_not_as_the_table_says(string name)
    {
        var function = DetectorFunction.Find(name)!;
        var settings = SettingsOf(function, over: function.Over == FieldRule.Required);
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll(Inputs(settings));
        (analysis.PlanForecast().Series > 0).ShouldBe(function.Aggregate.CanBeForecast());
        analysis.SizeStats.ModelBytes.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Populations_are_analysed_and_not_forecast(string name)
    {
        var function = DetectorFunction.Find(name)!;
        if (function.Over == FieldRule.Forbidden) return;
        var settings = SettingsOf(function, over: true);
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll(Inputs(settings));
        analysis.PlanForecast().Series.ShouldBe(0);
        analysis.SizeStats.TotalOverFieldCount.ShouldBe(5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_empty_bucket_is_a_value_only_where_the_table_says_so(string name)
    {
        var function = DetectorFunction.Find(name)!;
        var settings = SettingsOf(function, over: function.Over == FieldRule.Required) with { KeepsValues = true };
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll(Inputs(settings));
        var empty = analysis.FoldAll(new AdvanceTimeInput(205 * Span))[^1];
        empty.EventCount.ShouldBe(0);
        empty.Values.Select(value => value.Actual).Distinct().ShouldBe(function.Aggregate.IsZeroWhenEmpty() ? [0] : []);
    }

    private static AnalysisSettings SettingsOf(DetectorFunction function, bool over) => Settings.Of(
        Span,
        new DetectorSettings(0, function, function.Field == FieldRule.Required ? "field" : null, function.By == FieldRule.Required ? "by" : null, over ? "over" : null));

    private static IEnumerable<AnalysisInput> Inputs(AnalysisSettings settings)
    {
        var place = settings.Detectors[0].Function.Aggregate == Aggregate.GeographicPoint;
        var text = settings.Detectors[0].Function.Aggregate.FieldKind() == FieldKind.Text;
        for (var bucket = 0; bucket < 200; bucket++)
        {
            yield return BatchBuilder.Records(settings, [.. Enumerable.Range(0, 10).Select(i => new Row(
                (bucket * Span) + (i * 300),
                ("field", place ? $"{i},{bucket % 7}" : text ? $"text {i}" : i + (bucket % 3)),
                ("by", $"b{i % 3}"),
                ("over", $"o{i % 5}")))]);
        }
        yield return new AdvanceTimeInput(200 * Span);
    }

    private static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "MlActors.sln"))) root = root.Parent;
        return root.FullName;
    }
}
