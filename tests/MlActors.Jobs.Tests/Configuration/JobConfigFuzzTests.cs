using System.Text;
using CsCheck;
using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Tests.Configuration;

public sealed class JobConfigFuzzTests
{
    private static readonly Gen<string> Bits = Gen.OneOf(
        "null", "{}", "[]", "\"\"", "0", "-1", "1e400", "99999999999999999999", "true",
        "\"-1\"", "\"5nanos\"", "\"0\"", "\"10675199d\"", "\"\\ud800\"", "\"a\\u0000\"",
        "[[]]", "{\"a\":1,\"a\":2}", "\"custom-\"", "{\"enabled\":1}", "1.5", "\"8191pb\"", "\"yyyy\"", "\",\"", ":", "}", "]", "\"", "\\", "//", "\u00e9");

    [Fact]
    public void Valid_requests_are_accepted() => JobBodies.Valid.Sample(body => { Bodies.Put(body); });

    [Fact]
    public void A_damaged_request_is_refused_or_accepted_but_never_breaks_the_reader() =>
        Gen.Select(JobBodies.Valid, Gen.Select(Gen.Double[0, 1], Gen.Int[0, 12], Bits).Array[1, 3]).Sample((body, damages) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Damage(body, damages));
            Try(() => JobConfigReader.ReadPut("job", bytes, JobLimits.Default, Bodies.Now).ToSettings());
            Try(() => JobConfigReader.ReadDetector(bytes));
            Try(() => JobUpdate.Read("job", bytes, JobLimits.Default));
        }, iter: 5_000);

    [Fact]
    public void A_value_replaced_by_anything_is_refused_or_accepted_but_never_breaks_the_reader() =>
        Gen.Select(JobBodies.Valid, Gen.Int[0, 1000], Bits).Sample((body, which, bit) =>
        {
            var bytes = Encoding.UTF8.GetBytes(ReplaceValue(body, which, bit));
            Try(() => JobConfigReader.ReadPut("job", bytes, JobLimits.Default, Bodies.Now).ToSettings());
            Try(() => JobUpdate.Read("job", bytes, JobLimits.Default));
        }, iter: 5_000);

    [Fact]
    public void Any_bytes_are_refused() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        Try(() => JobConfigReader.ReadPut("job", bytes, JobLimits.Default, Bodies.Now));
        Try(() => JobUpdate.Read("job", bytes, JobLimits.Default));
    });

    [Fact]
    public void Whatever_a_read_update_does_to_a_job_it_is_a_valid_job_or_a_refusal()
    {
        var fields = new[]
        {
            "description", "groups", "model_prune_window", "model_snapshot_retention_days", "daily_model_snapshot_retention_after_days", "detectors",
            "custom_settings", "analysis_limits", "background_persist_interval", "allow_lazy_open", "model_plot_config",
        };
        var values = Gen.OneOf(Bits, Gen.OneOf(
            "5", "\"10m\"", "\"2h\"", "[\"a\"]", "[{\"detector_index\":0,\"description\":\"d\"}]", "{\"model_memory_limit\":5}", "{\"enabled\":false}"));
        Gen.Select(JobBodies.Valid, Gen.Select(Gen.OneOf(fields), values).Array[0, 3]).Sample((body, changes) =>
        {
            var config = Bodies.Put(body);
            var update = "{" + string.Join(',', changes.Select(change => $"\"{change.Item1}\":{change.Item2}")) + "}";
            Try(() =>
            {
                var updated = JobUpdate.Read("job", Encoding.UTF8.GetBytes(update), JobLimits.Default).ApplyTo(config, opened: false, modelBytes: 3 << 20);
                var again = Bodies.Put(Bodies.Api(updated, excludeGenerated: true).GetRawText());
                JobConfigJson.Serialize(again).ShouldBe(JobConfigJson.Serialize(updated));
            });
        });
    }

    private static string Damage(string body, (double Where, int Length, string Bit)[] damages)
    {
        foreach (var (where, length, bit) in damages)
        {
            var at = (int)(where * body.Length);
            body = body[..at] + bit + body[Math.Min(body.Length, at + length)..];
        }
        return body;
    }

    private static string ReplaceValue(string body, int which, string bit)
    {
        var starts = Enumerable.Range(0, body.Length).Where(i => body[i] == ':').ToArray();
        var start = starts[which % starts.Length] + 1;
        var end = start;
        var depth = 0;
        while (end < body.Length && (depth > 0 || body[end] is not (',' or '}')))
        {
            if (body[end] is '{' or '[') depth++;
            if (body[end] is '}' or ']') depth--;
            end++;
        }
        return body[..start] + bit + body[end..];
    }

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidConfigException e)
        {
            e.Problems.ShouldNotBeEmpty();
            e.Problems.ShouldAllBe(problem => problem.Message.Length > 0);
        }
    }
}
