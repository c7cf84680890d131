using System.Text;
using MlActors.Analysis.Contexts;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Contexts;

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
        ContextOf(config).Texts.Filters.ShouldBe([@"\[statement:.*\]", "[0-9a-f]{8}"]);
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
        (config.ToSettings().Categorization!.PartitionFieldName, ContextOf(config).Texts.StopOnWarn).ShouldBe(("host", true));
    }

    [Theory]
    [InlineData(""" "categorization_filters":["(?=x)"] """, "categorization_filters[0]", "(?=x)")]
    [InlineData(""" "categorization_filters":["(x"] """, "categorization_filters[0]", "(x")]
    [InlineData(""" "categorization_filters":["x"],"categorization_analyzer":{"tokenizer":"standard"} """, "categorization_filters", "[pattern_replace]")]
    [InlineData(""" "categorization_filters":[""] """, "categorization_filters[0]", "is empty")]
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

    [Theory]
    [InlineData("analysis_config.detectors[0].by_field_name", """[{"function":"count","by_field_name":"mlcategory"}]""", "[]")]
    [InlineData("analysis_config.detectors[0].over_field_name", """[{"function":"count","over_field_name":"mlcategory"}]""", "[]")]
    [InlineData("analysis_config.detectors[0].partition_field_name", """[{"function":"count","partition_field_name":"mlcategory"}]""", "[]")]
    [InlineData("analysis_config.influencers[1]", """[{"function":"count"}]""", """["host","mlcategory"]""")]
    public void A_category_needs_texts(string path, string detectors, string influencers)
    {
        var body = Bodies.With(("analysis_config.detectors", detectors), ("analysis_config.influencers", influencers));
        var problem = Bodies.Refused(body).ShouldHaveSingleItem();
        problem.Path.ShouldBe(path);
        problem.Message.ShouldContain("[analysis_config.categorization_field_name]");
    }

    [Theory]
    [InlineData("mlcategory", "host", "shop", "detectors[1].partition_field_name", "must be the same")]
    [InlineData("host", "mlcategory", "mlcategory", "detectors[0].partition_field_name", "must not be [mlcategory]")]
    public void With_categories_of_their_own_partitions_are_those_of_one_field(string by, string first, string second, string path, string says)
    {
        var detectors = $$"""
            {"function":"count","by_field_name":"{{by}}","partition_field_name":"{{first}}"},
            {"function":"sum","field_name":"x","partition_field_name":"{{second}}"}
            """;
        Bodies.Refused(Job(""" "per_partition_categorization":{"enabled":true} """, detectors))
            .ShouldContain(problem => problem.Path == "analysis_config." + path && problem.Message.Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Filters_and_the_stop_change_whether_the_job_is_open_or_not(bool opened)
    {
        const string detector = """{"function":"count","by_field_name":"mlcategory","partition_field_name":"host"}""";
        var config = Bodies.Put(Job(""" "per_partition_categorization":{"enabled":true} """, detector));
        var update = Update("""{"categorization_filters":["y"],"per_partition_categorization":{"enabled":true,"stop_on_warn":true}}""");
        var changed = update.ApplyTo(config, opened, modelBytes: 0);
        (ContextOf(changed).Texts.Filters.Single(), ContextOf(changed).Texts.StopOnWarn).ShouldBe(("y", true));
        changed.ToSettings().Categorization!.PartitionFieldName.ShouldBe("host");
        JobConfigJson.Serialize(JobConfigJson.Deserialize(JobConfigJson.Serialize(changed))).ShouldBe(JobConfigJson.Serialize(changed));
    }

    [Theory]
    [InlineData("""{"per_partition_categorization":{"enabled":true}}""", "per_partition_categorization.enabled", "create another job")]
    [InlineData("""{"per_partition_categorization":{"stop_on_warn":true}}""", "per_partition_categorization.stop_on_warn", "share their categories")]
    [InlineData("""{"categorization_filters":["("]}""", "categorization_filters[0]", "regular expression")]
    [InlineData("""{"categorization_analyzer":{"tokenizer":"standard"}}""", "categorization_analyzer", "create another job")]
    [InlineData("""{"categorization_field_name":"text"}""", "categorization_field_name", "create another job")]
    [InlineData("""{"analysis_limits":{"categorization_examples_limit":5}}""", "analysis_limits.categorization_examples_limit", "create another job")]
    public void What_an_update_cannot_do_is_named(string update, string path, string says)
    {
        var problem = Should.Throw<InvalidConfigException>(() => Update(update).ApplyTo(Bodies.Put(Job()), false, 0)).Problems.ShouldHaveSingleItem();
        problem.Path.ShouldBe(path);
        problem.Message.ShouldContain(says);
    }

    private static JobUpdate Update(string json) => JobUpdate.Read("job", Encoding.UTF8.GetBytes(json), JobLimits.Default);

    private static AnalysisContext ContextOf(JobConfig config) => JobContext.Of(config, new StoredContext(1, [], []));

    private static string Job(string more = "", string detector = """{"function":"count","by_field_name":"mlcategory"}""") => $$$"""
        {"job_id":"job","analysis_config":{"bucket_span":"5m","categorization_field_name":"message","detectors":[{{{detector}}}]{{{(more.Length > 0 ? "," + more : "")}}}},
         "data_description":{"time_field":"time"}}
        """;
}
