using System.Text;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Tests.Configuration;

/// <summary>Each rule: a body with one thing wrong, the field that the refusal names, what it says of the fix, and its kind.</summary>
public sealed class JobConfigRefusalTests
{
    private const ProblemKind Illegal = ProblemKind.IllegalArgument;
    private const ProblemKind Status = ProblemKind.Status;
    private const ProblemKind Parse = ProblemKind.XContentParse;

    public static TheoryData<string, string, string, ProblemKind> OneFieldWrong => new()
    {
        // Identity
        { "job_id", "\"other\"", "address says [job]", Illegal },
        { "job_type", "\"data_frame\"", "anomaly_detector", Status },
        { "groups", "[\"Web\"]", "lower-case", Illegal },
        { "groups", "[\"_all\"]", "lower-case", Illegal },
        { "groups", "[\"job\"]", "one name", ProblemKind.AlreadyExists },
        { "results_index_name", "\"-x\"", "lower-case", Illegal },
        { "results_index_name", "\"\"", "lower-case", Illegal },
        // Written by the server
        { "create_time", "1", "server", Illegal },
        { "finished_time", "1", "server", Illegal },
        { "job_version", "\"1\"", "server", Illegal },
        { "model_snapshot_id", "\"1\"", "server", Illegal },
        { "model_snapshot_min_version", "\"1\"", "server", Illegal },
        { "blocked", "{\"reason\":\"none\"}", "server", Illegal },
        { "deleting", "false", "server", Illegal },
        // Types and names
        { "description", "1", "must be a string, not a number [1]", Parse },
        { "allow_lazy_open", "\"yes\"", "boolean (true or false), not a string [yes]", Parse },
        { "allow_lazy_open", "null", "not null", Parse },
        { "groups", "[\"a\",1]", "a list with a number at position 1", Parse },
        { "groups", "{}", "list of strings, not an object", Parse },
        { "model_snapshot_retention_days", "1.5", "whole number", Parse },
        { "model_snapshot_retention_days", "\"x\"", "whole number", Parse },
        { "model_snapshot_retention_days", "1e30", "whole number", Parse },
        { "custom_settings", "[1]", "an object, not a list", Parse },
        { "analysis_config", "[]", "must be an object, not a list", Parse },
        { "analysis_config.detectors", "[1]", "a list with a number at position 0", Parse },
        { "analysis_config.bucket_span", "300", "\"5m\"", Parse },
        { "analysis_config.bucket_spam", "\"5m\"", "did you mean [bucket_span]?", Parse },
        { "bucket_span", "\"5m\"", "did you mean [analysis_config.bucket_span]?", Parse },
        { "anlaysis_limits", "{}", "did you mean [analysis_limits]?", Parse },
        { "nothing_like_it", "1", "remove it", Parse },
        // Required
        { "analysis_config", "absent", "required", Illegal },
        { "data_description", "absent", "required", Illegal },
        { "analysis_config.detectors", "absent", "required", Illegal },
        { "analysis_config.detectors", "[]", "at least one", Status },
        // Times
        { "analysis_config.bucket_span", "\"5\"", "units", Illegal },
        { "analysis_config.bucket_span", "\"-5m\"", "negative", Illegal },
        { "analysis_config.bucket_span", "\"1.5h\"", "90m", Illegal },
        { "analysis_config.bucket_span", "\"0s\"", "from 1s", Status },
        { "analysis_config.bucket_span", "\"1500ms\"", "whole seconds", Status },
        { "analysis_config.bucket_span", "\"36501d\"", "36500d", Status },
        { "analysis_config.latency", "\"1ms\"", "whole seconds", Status },
        { "analysis_config.latency", "\"-1\"", "units", Illegal },
        { "analysis_config.model_prune_window", "\"7m\"", "multiple of the bucket span [5m]", Status },
        { "analysis_config.model_prune_window", "\"5m\"", "at least 2", Status },
        { "background_persist_interval", "\"59m\"", "at least 1h", Status },
        { "background_persist_interval", "\"3600001ms\"", "whole seconds", Status },
        // Limits
        { "analysis_limits.model_memory_limit", "\"1023kb\"", "at least 1mb", Status },
        { "analysis_limits.model_memory_limit", "0", "at least 1mb", Status },
        { "analysis_limits.model_memory_limit", "-1", "negative", Illegal },
        { "analysis_limits.model_memory_limit", "1.5", "whole number of MiB", Illegal },
        { "analysis_limits.model_memory_limit", "\"1024\"", "units", Illegal },
        { "analysis_limits.model_memory_limit", "9223372036854775807", "too large", Illegal },
        { "analysis_limits.model_memory_limit", "true", "512mb", Parse },
        { "analysis_limits.categorization_examples_limit", "-1", "at least 0", Status },
        { "model_snapshot_retention_days", "-1", "at least 0", Status },
        { "daily_model_snapshot_retention_after_days", "11", "at most [model_snapshot_retention_days], which is [10]", Status },
        { "renormalization_window_days", "-1", "at least 0", Status },
        { "results_retention_days", "9223372036854775807", "at most", Status },
        // Records
        { "data_description.time_field", "\" \"", "blank", Status },
        { "data_description.time_format", "\"HH:mm\"", "yyyy-MM-dd", Status },
        { "data_description.time_format", "\"iso\"", "epoch, epoch_ms or a date pattern", Status },
        { "data_description.format", "\"csv\"", "xcontent", Status },
        { "analysis_config.time_zone", "\"Europe/Bonn\"", "[Europe/Berlin]", Status },
        // Names of fields
        { "analysis_config.influencers", "[\"a\\\"b\"]", "quotes", Status },
        { "analysis_config.influencers", "[\"\"]", "blank", Status },
        { "analysis_config.influencers", "[\".\"]", "kept for the server", Status },
        { "analysis_config.influencers", "[\"a.b.c\",\"a\"]", "[a] is used as well", Status },
        { "analysis_config.summary_count_field_name", "\"a\\\\b\"", "backslashes", Status },
        // Not there yet
    };

    [Theory]
    [MemberData(nameof(OneFieldWrong))]
    public void The_field_is_named_with_the_fix(string path, string json, string says, ProblemKind kind)
    {
        var problem = Bodies.Refused(Bodies.With((path, json))).ShouldHaveSingleItem();
        // A problem with an item of a list names its position.
        problem.Path.Split('[')[0].ShouldBe(path);
        problem.Message.ShouldContain(says);
        problem.Kind.ShouldBe(kind);
    }

    public static TheoryData<string, string, string, ProblemKind> OneDetectorWrong => new()
    {
        { """{}""", "function", "required", Illegal },
        { """{"function":"banana"}""", "function", "count, low_count, high_count", Status },
        { """{"function":"Count"}""", "function", "is not a function", Status },
        { """{"function":"lat_long"}""", "field_name", "required by the function [lat_long]", Status },
        { """{"function":"time_of_day","field_name":"when"}""", "field_name", "cannot go with the function [time_of_day]", Status },
        { """{"function":"mean"}""", "field_name", "required by the function [mean]", Status },
        { """{"function":"avg"}""", "field_name", "required by the function [mean]", Status },
        { """{"function":"high_count","field_name":"x"}""", "field_name", "cannot go with the function [high_count]", Status },
        { """{"function":"count","field_name":1}""", "field_name", "must be a string", Parse },
        { """{"function":"mean","field_name":""}""", "field_name", "blank", Status },
        { """{"function":"mean","field_name":"a\u0007"}""", "field_name", "control characters", Status },
        { """{"function":"count","by_field_name":"count"}""", "by_field_name", "must not be [count]", Status },
        { """{"function":"count","by_field_name":"by"}""", "by_field_name", "must not be [by]", Status },
        { """{"function":"count","by_field_name":"over"}""", "by_field_name", "must not be [over]", Status },
        { """{"function":"count","by_field_name":"x","partition_field_name":"x"}""", "partition_field_name", "like [by_field_name]", Status },
        { """{"function":"count","exclude_frequent":"some"}""", "exclude_frequent", "one of [all, none, by, over]", Status },
        { """{"function":"count","custom_rules":[{"actions":["skip_result"]}]}""", "custom_rules[0].conditions", "at least one condition", Status },
        { """{"function":"count","custom_rules":[{"scope":{"a":{"filter_id":"f"}}}]}""", "custom_rules[0].scope.a", "not split by any field", Illegal },
        { Scope("""{"b":{"filter_id":"f"}}"""), "custom_rules[0].scope.b", "use one of [a]", Illegal },
        { Scope("""{"a":{"filter_id":"f","filter_type":"only"}}"""), "custom_rules[0].scope.a.filter_type", "[include] or [exclude]", Status },
        { Scope("""{"a":{"filter_type":"include"}}"""), "custom_rules[0].scope.a.filter_id", "required", Illegal },
        { Scope("""{"a":{"filter_id":"No"}}"""), "custom_rules[0].scope.a.filter_id", "lower-case", Illegal },
        { Scope("""{"a":{"filter_id":5}}"""), "custom_rules[0].scope.a.filter_id", "must be a string, not a number", Parse },
        { Scope("""{"a":{"filter_id":"f","filter":"f"}}"""), "custom_rules[0].scope.a.filter", "not a known field", Parse },
        { Scope("""{"a":"f"}"""), "custom_rules[0].scope.a", "must be an object", Parse },
        { Scope("""{"a":{"filter_id":"f"},"a":{"filter_id":"g"}}"""), "custom_rules[0].scope.a", "there twice", Parse },
        { Scope("{}"), "custom_rules[0].scope", "is empty", Status },
        { """{"function":"rare","by_field_name":"a","custom_rules":[{"conditions":[{"applies_to":"time","operator":"gt","value":1},{"applies_to":"actual","operator":"gt","value":1}]}]}""", "custom_rules[0].conditions[1].applies_to", "must be [time] with the function [rare]", Illegal },
        { Rule("""{"applies_to":"actual","operator":"gt","value":1}""", "skip_all"), "custom_rules[0].actions", "[skip_result], [skip_model_update]", Status },
        { Rule("""{"applies_to":"actuals","operator":"gt","value":1}"""), "custom_rules[0].conditions[0].applies_to", "one of [", Status },
        { Rule("""{"applies_to":"actual","operator":">","value":1}"""), "custom_rules[0].conditions[0].operator", "one of [", Status },
        { Rule("""{"applies_to":"actual","operator":"gt","value":"1"}"""), "custom_rules[0].conditions[0].value", "a number", Parse },
        { Rule("""{"applies_to":"actual","operator":"gt"}"""), "custom_rules[0].conditions[0].value", "is required", ProblemKind.IllegalArgument },
        { """{"function":"count","use_null":3}""", "use_null", "boolean", Parse },
        { """{"function":"count","detector_index":"first"}""", "detector_index", "whole number", Parse },
        { """{"function":"count","by_feild_name":"x"}""", "by_feild_name", "did you mean [by_field_name]?", Parse },
        { """{"function":"count","function":"count"}""", "function", "there twice", Parse },
    };

    [Theory]
    [MemberData(nameof(OneDetectorWrong))]
    public void A_detector_is_refused_alone_and_in_a_job(string detector, string field, string says, ProblemKind kind)
    {
        // Put together as text, because a doubled field would not live through a parser.
        var body = """{"analysis_config":{"detectors":[{"function":"sum","field_name":"ok"},DETECTOR]},"data_description":{}}""".Replace("DETECTOR", detector);
        var inJob = Bodies.Refused(body).ShouldHaveSingleItem();
        inJob.Path.ShouldBe("analysis_config.detectors[1]." + field);
        var alone = Should.Throw<InvalidConfigException>(() => JobConfigReader.ReadDetector(Encoding.UTF8.GetBytes(detector))).Problems.ShouldHaveSingleItem();
        alone.Path.ShouldBe(field);
        alone.Message.ShouldContain(says);
        alone.Kind.ShouldBe(kind);
        inJob.Message.ShouldBe(alone.Message);
    }

    [Theory]
    [InlineData("UPPER")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a b")]
    [InlineData("_all")]
    [InlineData("ä")]
    [InlineData("")]
    [InlineData("a.........b.........c.........d.........e.........f.........g...h")]
    [InlineData("aaaaaaaaa1aaaaaaaaa2aaaaaaaaa3aaaaaaaaa4aaaaaaaaa5aaaaaaaaa6aaaa5")]
    public void An_id_that_breaks_the_rule_is_refused(string id)
    {
        if (id.Length == 64) Bodies.Put(Bodies.Minimal, id).JobId.ShouldBe(id);
        else Bodies.Refused(Bodies.Minimal, id).ShouldHaveSingleItem().Path.ShouldBe("job_id");
    }

    [Fact]
    public void Two_detectors_that_are_the_same_are_refused()
    {
        const string same = """{"function":"mean","field_name":"x"},{"function":"avg","field_name":"x","detector_index":5}""";
        var problem = Bodies.Refused(Bodies.WithDetector("""{"function":"count"},""" + same)).ShouldHaveSingleItem();
        problem.Path.ShouldBe("analysis_config.detectors[2]");
        problem.Message.ShouldContain("mean(x)");
        problem.Message.ShouldContain("detector 1");
        problem.Kind.ShouldBe(Illegal);
    }

    [Theory]
    [InlineData("data_description.time_field", "\"x\"", "analysis_config.detectors[0].field_name", """{"function":"mean","field_name":"x"}""")]
    [InlineData("data_description.time_field", "\"x\"", "analysis_config.detectors[0].partition_field_name",
        """{"function":"count","partition_field_name":"x"}""")]
    public void The_time_of_a_record_is_not_analysed(string path, string json, string other, string detector)
    {
        var problem = Bodies.Refused(Bodies.Change(Bodies.WithDetector(detector), (path, json))).ShouldHaveSingleItem();
        problem.Path.ShouldBe(path);
        problem.Message.ShouldContain(other);
        problem.Kind.ShouldBe(Illegal);
    }

    [Fact]
    public void A_field_inside_another_field_is_refused_across_detectors_and_influencers()
    {
        var body = Bodies.Change(Bodies.WithDetector("""{"function":"count","by_field_name":"host"}"""), ("analysis_config.influencers", "[\"host.name\"]"));
        Bodies.Refused(body).ShouldHaveSingleItem().Path.ShouldBe("analysis_config.influencers[0]");
        // A field that is only counted up is no word of the analysis.
        Bodies.Put(Bodies.Change(Bodies.WithDetector("""{"function":"sum","field_name":"host"}"""), ("analysis_config.influencers", "[\"host.name\"]")));
        Bodies.Put(Bodies.With(("analysis_config.influencers", "[\"host\",\"hostname.x\"]")));
    }

    [Fact]
    public void A_memory_limit_above_the_maximum_is_refused()
    {
        var limits = new JobLimits(ByteSize.OfMebibytes(100), ByteSize.OfMebibytes(50));
        var problem = Bodies.Refused(Bodies.With(("analysis_limits.model_memory_limit", "101")), limits: limits).ShouldHaveSingleItem();
        problem.Path.ShouldBe("analysis_limits.model_memory_limit");
        problem.Message.ShouldContain("[100mb]");
        Bodies.Put(Bodies.With(("analysis_limits.model_memory_limit", "100")), limits: limits);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var body = Bodies.With(
            ("job_id", "\"other\""), ("surprise", "1"), ("groups", "[\"ok\",\"Not OK\"]"), ("analysis_config.bucket_span", "\"fast\""),
            ("analysis_config.detectors", """[{"function":"mean"},{"function":"banana","field_name":"x"}]"""),
            ("analysis_limits.model_memory_limit", "\"much\""), ("data_description.time_format", "\"b\""), ("allow_lazy_open", "3"),
            ("model_snapshot_retention_days", "2"), ("daily_model_snapshot_retention_after_days", "3"));
        Bodies.Refused(body).Select(problem => problem.Path).Order(StringComparer.Ordinal).ShouldBe(
        [
            "allow_lazy_open", "analysis_config.bucket_span", "analysis_config.detectors[0].field_name", "analysis_config.detectors[1].function",
            "analysis_limits.model_memory_limit", "daily_model_snapshot_retention_after_days", "data_description.time_format", "groups[1]", "job_id",
            "surprise",
        ]);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("[]", "must be a JSON object, not a list")]
    [InlineData("null", "must be a JSON object, not null")]
    [InlineData("{\n  \"a\": }", "line 2, column 8")]
    [InlineData("{\"a\":1", "line 1, column 7")]
    [InlineData("{} x", "line 1, column 4")]
    [InlineData("{\n\"description\":\"\\ud800\"}", "line 2, column 15")]
    public void A_body_that_is_no_JSON_object_is_refused_with_the_place(string body, string says)
    {
        var problem = Bodies.Refused(body).ShouldHaveSingleItem();
        problem.Message.ShouldContain(says);
        problem.Kind.ShouldBe(Parse);
    }

    [Fact]
    public void A_body_that_is_no_text_is_refused() =>
        Should.Throw<InvalidConfigException>(() => JobConfigReader.ReadPut("job", [(byte)'{', 0xFF, (byte)'}'], JobLimits.Default, Bodies.Now))
            .Message.ShouldContain("UTF-8");

    [Fact]
    public void A_byte_order_mark_is_no_mistake() =>
        JobConfigReader.ReadPut("job", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Bodies.Minimal)], JobLimits.Default, Bodies.Now).JobId.ShouldBe("job");

    [Fact]
    public void The_refusal_of_a_monstrous_body_is_short()
    {
        var fields = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"{new string('x', 100)}{i}\":1"));
        var refusal = Should.Throw<InvalidConfigException>(() => Bodies.Put($"{{{fields}}}"));
        refusal.Problems.Length.ShouldBe(51);
        refusal.Problems[^1].Message.ShouldContain("more");
        refusal.Message.Length.ShouldBeLessThan(20_000);
    }

    [Fact]
    public void Problems_that_are_not_said_any_more_do_not_break_the_rules_that_follow()
    {
        var unknown = Enumerable.Range(0, 60).Select(i => ($"unknown_{i}", "1")).ToArray();
        var body = Bodies.Change(Bodies.With(unknown),
            ("analysis_config.bucket_span", "\"0s\""), ("analysis_config.model_prune_window", "\"1h\""), ("analysis_config.detectors", "[{}]"));
        Bodies.Refused(body).Count.ShouldBe(51);
    }

    private static string Scope(string scope) => $$"""{"function":"count","by_field_name":"a","custom_rules":[{"scope":{{scope}}}]}""";

    private static string Rule(string condition, string action = "skip_result") =>
        $$"""{"function":"count","custom_rules":[{"actions":["{{action}}"],"conditions":[{{condition}}]}]}""";
}
