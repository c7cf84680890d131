using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>Members of a population, compared with each other.</summary>
public class PopulationTests
{
    private const long Span = 300;
    private const int Day = 288;
    private const double Critical = 75;

    [Fact]
    public void A_member_that_does_far_more_than_the_others_is_the_one_record()
    {
        const int at = (3 * Day) + 40;
        var results = Run(4 * Day, Detector("sum", "bytes", over: "client"), (bucket, noise) => Members(100, noise, (member, usual) => bucket == at && member == 17 ? 300 * usual : usual));
        var record = results[at].Records.Where(r => r.RecordScore >= Critical).ShouldHaveSingleItem();
        (record.OverFieldName, record.OverFieldValue).ShouldBe(("client", "client-17"));
        record.Actual[0].ShouldBeGreaterThan(10 * record.Typical[0]);
        record.Causes.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            cause => cause.Actual.ShouldBe(record.Actual),
            cause => cause.ByFieldValue.ShouldBeNull(),
            cause => cause.Probability.ShouldBeLessThan(1e-4));
        results[at].AnomalyScore.ShouldBeGreaterThan(Critical);
        results[at].AlertScore.ShouldBeGreaterThan(Critical);
        results.Where((_, bucket) => bucket != at).ShouldAllBe(r => r.AnomalyScore < Critical);
    }

    [Fact]
    public void What_all_members_do_at_once_is_not_unusual_for_any()
    {
        var results = Run(3 * Day, Detector("sum", "bytes", over: "client"), (bucket, noise) => Members(60, noise, (_, usual) => bucket >= 2 * Day ? 20 * usual : usual));
        results[(2 * Day)..].ShouldAllBe(r => r.AnomalyScore < Critical);
    }

    [Fact]
    public void A_new_member_like_the_others_is_nothing_unusual()
    {
        var results = Run(3 * Day, Detector("sum", "bytes", over: "client"), (bucket, noise) => Members(bucket >= 2 * Day ? 60 : 40, noise, (_, usual) => usual));
        results.ShouldAllBe(r => r.AnomalyScore < Critical);
    }

    [Fact]
    public void A_member_that_always_does_more_becomes_part_of_the_usual()
    {
        var results = Run(6 * Day, Detector("sum", "bytes", over: "client"), (_, noise) => Members(100, noise, (member, usual) => member == 3 ? 40 * usual : usual));
        results[(4 * Day)..].ShouldAllBe(r => r.AnomalyScore < Critical && r.AlertScore < Critical);
    }

    [Fact]
    public void Frequent_members_give_no_results_where_they_are_excluded()
    {
        const int at = (3 * Day) + 40;
        var detector = Detector("sum", "bytes", over: "client");
        Run(detector).ShouldBe(["client-17"]);
        Run(detector with { ExcludesFrequentOver = true }).ShouldBe([]);
        Run(detector with { ExcludesFrequentBy = true }).ShouldBe(["client-17"]);

        string?[] Run(DetectorSettings one) =>
        [
            .. PopulationTests.Run(4 * Day, one, (bucket, noise) => Members(100, noise, (member, usual) => bucket == at && member == 17 ? 300 * usual : usual))
                .SelectMany(r => r.Records.Where(record => record.RecordScore >= Critical).Select(record => record.OverFieldValue)),
        ];
    }

    [Fact]
    public void Each_value_of_the_by_field_has_a_population_of_its_own_and_they_are_the_causes()
    {
        const int at = (3 * Day) + 7;
        string[] statuses = ["200", "404", "500"];
        double[] factors = [1, 100, 5000];
        var results = Run(4 * Day, Detector("sum", "bytes", by: "status", over: "client"), (bucket, noise) => statuses.SelectMany((status, s) =>
            Members(60, noise, (member, usual) => (bucket == at && member == 9 ? factors[s] : 1) * usual * (s == 0 ? 1000 : 1)).Select(row => (row.Member, row.Value, (string?)status))));
        var record = results[at].Records.Where(r => r.RecordScore >= Critical).ShouldHaveSingleItem();
        (record.OverFieldValue, record.ByFieldValue).ShouldBe(("client-9", "500"));
        record.Causes.Select(cause => cause.ByFieldValue).ShouldBe(["500", "404"]);
        record.Causes[0].Probability.ShouldBeLessThanOrEqualTo(record.Causes[1].Probability);
    }

    [Theory]
    [InlineData("log-normal")]
    [InlineData("exponential")]
    [InlineData("normal")]
    [InlineData("count")]
    [InlineData("Student t, 4 degrees of freedom")]
    public void A_population_without_incidents_gives_less_than_one_event_in_2000_buckets(string family)
    {
        var (events, buckets) = (0, 0);
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var results = Run(10 * Day, family == "count" ? Detector("count", over: "client") : Detector("mean", "bytes", over: "client"), (bucket, noise) => family switch
            {
                "log-normal" => Members(50, noise, (_, usual) => usual * (1.5 + Math.Sin(bucket * Math.Tau / Day))),
                "exponential" => Members(50, noise, (_, _) => -Math.Log(1 - noise.Uniform())),
                "normal" => Members(50, noise, (_, _) => 100 + (10 * noise.Gaussian())),
                "Student t, 4 degrees of freedom" => Members(50, noise, (_, _) => noise.Gaussian() / Math.Sqrt(-Math.Log(noise.Uniform() * noise.Uniform()) / 2)),
                _ => Enumerable.Range(0, 50).SelectMany(member => Enumerable.Repeat(($"client-{member}", 1.0, (string?)null), noise.Poisson(2 + (member % 5)))),
            }, seed);
            events += results.Skip(Day).Count(r => r.AnomalyScore >= Critical);
            buckets += results.Count - Day;
        }
        (events * 2000.0 / buckets).ShouldBeLessThan(1);
    }

    [Theory]
    [InlineData("log-normal")]
    [InlineData("normal")]
    [InlineData("exponential")]
    public void One_bucket_in_a_hundred_has_a_member_as_improbable_as_that(string family)
    {
        var (unlikely, buckets) = (0, 0);
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var results = Run(10 * Day, Detector("high_mean", "bytes", over: "client"), (_, noise) => family switch
            {
                "log-normal" => Members(50, noise, (_, usual) => usual),
                "normal" => Members(50, noise, (_, _) => 100 + (10 * noise.Gaussian())),
                _ => Members(50, noise, (_, _) => -Math.Log(noise.Uniform())),
            }, seed, keepsValues: true);
            unlikely += results.Skip(Day).Count(r => r.Values.Any(value => value.Probability < 0.01));
            buckets += results.Count - Day;
        }
        ((double)unlikely / buckets).ShouldBeInRange(0.005, 0.02);
    }

    // Log-normal with a spread of members.
    private static IEnumerable<(string Member, double Value, string? By)> Members(int count, Noise noise, Func<int, double, double> value) =>
        Enumerable.Range(0, count).Select(member => ($"client-{member}", value(member, Math.Exp((0.5 * noise.Gaussian()) + (member % 7 * 0.2))), (string?)null));

    private static List<BucketResult> Run(int buckets, DetectorSettings detector, Func<int, Noise, IEnumerable<(string Member, double Value, string? By)>> members, ulong seed = 7, bool keepsValues = false)
    {
        var settings = Of(Span, detector) with { KeepsValues = keepsValues };
        var noise = new Noise(seed);
        var rows = Enumerable.Range(0, buckets).SelectMany(bucket => members(bucket, noise).Select(member => member.By is null
            ? new Row(bucket * Span, ("client", member.Member), ("bytes", member.Value))
            : new Row(bucket * Span, ("client", member.Member), ("bytes", member.Value), ("status", member.By))));
        var results = JobAnalysis.Create(settings).FoldAll([.. rows.Chunk(5000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(buckets * Span)]);
        results.Count.ShouldBe(buckets);
        return results;
    }
}
