using MlActors.Analysis.Categorization;
using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Tests.Configuration;

public class CategorizationConfigTests
{
    [Fact]
    public void The_defaults_are_written_out()
    {
        var config = Bodies.Put(Job());
        config.AnalysisConfig.CategorizationFieldName.ShouldBe("message");
        var shown = Bodies.Api(config, new() { JobId = "job" }).GetProperty("analysis_config");
        shown.GetProperty("categorization_field_name").GetString().ShouldBe("message");
        shown.GetProperty("categorization_analyzer").GetProperty("tokenizer").GetString().ShouldBe("ml_standard");
        shown.GetProperty("categorization_analyzer").GetProperty("filter").GetArrayLength().ShouldBeGreaterThan(0);
        shown.GetProperty("per_partition_categorization").GetProperty("enabled").GetBoolean().ShouldBeFalse();
        config.ToSettings().Categorization!.FieldName.ShouldBe("message");
    }

    [Fact]
    public void Filters_become_part_of_the_analyzer()
    {
        var config = Bodies.Put(Job(""" "categorization_filters":["\\[statement:.*\\]","[0-9a-f]{8}"] """));
        config.AnalysisConfig.CategorizationAnalyzer!.Patterns.ShouldBe([@"\[statement:.*\]", "[0-9a-f]{8}"]);
        config.ToSettings().Categorization!.Filters.ShouldBe([@"\[statement:.*\]", "[0-9a-f]{8}"]);
    }

    [Fact]
    public void An_analyzer_is_read_as_it_is_written()
    {
        var config = Bodies.Put(Job("""
            "categorization_analyzer":{"char_filter":["first_line_with_letters",{"type":"pattern_replace","pattern":"x+"}],"tokenizer":"standard",
             "filter":[{"type":"stop","stopwords":["Mon"]},{"type":"limit","max_token_count":"100"}]}
            """));
        var analyzer = config.AnalysisConfig.CategorizationAnalyzer!;
        (analyzer.Tokenizer, analyzer.Patterns.Single(), analyzer.StopWords.Single()).ShouldBe(("standard", "x+", "Mon"));
        var again = Bodies.Put(Job($"\"categorization_analyzer\":{Bodies.Api(config, new() { JobId = "job" }).GetProperty("analysis_config").GetProperty("categorization_analyzer")}"));
        Bodies.Api(again, new() { JobId = "job" }).ToString().ShouldBe(Bodies.Api(config, new() { JobId = "job" }).ToString());
    }

    [Fact]
    public void Each_partition_may_have_its_own()
    {
        var config = Bodies.Put(Job(""" "per_partition_categorization":{"enabled":true,"stop_on_warn":true} """, """{"function":"count","by_field_name":"mlcategory","partition_field_name":"host"}"""));
        var settings = config.ToSettings().Categorization!;
        (settings.PartitionFieldName, settings.StopOnWarn).ShouldBe(("host", true));
    }

    [Theory]
    [InlineData(""" "categorization_filters":["(?=x)"] """, "categorization_filters[0]", "(?=x)")]
    [InlineData(""" "categorization_filters":["(x"] """, "categorization_filters[0]", "(x")]
    [InlineData(""" "categorization_analyzer":"standard" """, "categorization_analyzer", "object with a [tokenizer]")]
    [InlineData(""" "categorization_analyzer":{"tokenizer":"whitespace"} """, "categorization_analyzer.tokenizer", "ml_standard")]
    [InlineData(""" "categorization_analyzer":{"tokenizer":"standard","filter":["lowercase"]} """, "categorization_analyzer.filter[0]", "[lowercase]")]
    [InlineData(""" "per_partition_categorization":{"stop_on_warn":true} """, "per_partition_categorization.stop_on_warn", "[enabled]")]
    [InlineData(""" "per_partition_categorization":{"enabled":true} """, "detectors[0].partition_field_name", "categories of its own")]
    [InlineData(""" "summary_count_field_name":"mlcategory" """, "summary_count_field_name", "no number")]
    public void What_cannot_be_is_named_with_the_fix(string more, string path, string says)
    {
        var problem = Bodies.Refused(Job(more)).ShouldHaveSingleItem();
        problem.Path.ShouldBe("analysis_config." + path);
        problem.Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("""{"function":"count"}""", "categorization_field_name", "needs a detector with [mlcategory]")]
    [InlineData("""{"function":"mean","field_name":"mlcategory","by_field_name":"mlcategory"}""", "detectors[0].field_name", "no number")]
    public void The_category_has_to_be_used_as_what_it_is(string detector, string path, string says)
    {
        var problems = Bodies.Refused(Job("", detector));
        problems.ShouldContain(problem => problem.Path == "analysis_config." + path && problem.Message.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void A_category_needs_texts() =>
        Bodies.Refused(Bodies.WithDetector("""{"function":"count","by_field_name":"mlcategory"}""")).ShouldHaveSingleItem().Message.ShouldContain("[analysis_config.categorization_field_name]");

    [Fact]
    public void Filters_change_while_the_job_is_closed()
    {
        var config = Bodies.Put(Job());
        var update = JobUpdate.Read("job", """{"categorization_filters":["y"]}"""u8, JobLimits.Default);
        update.ApplyTo(config, opened: false, modelBytes: 0).ToSettings().Categorization!.Filters.ShouldBe(["y"]);
        Should.Throw<InvalidConfigException>(() => update.ApplyTo(config, opened: true, modelBytes: 0)).Message.ShouldContain("close it first");
    }

    private static string Job(string more = "", string detector = """{"function":"count","by_field_name":"mlcategory"}""") => $$$"""
        {"job_id":"job","analysis_config":{"bucket_span":"5m","categorization_field_name":"message","detectors":[{{{detector}}}]{{{(more.Length > 0 ? "," + more : "")}}}},
         "data_description":{"time_field":"time"}}
        """;
}
