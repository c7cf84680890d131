using MlActors.Analysis.Geography;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class PlaceTests
{
    private const long Hour = 3600;

    [Theory]
    [InlineData(600)]
    [InlineData(24 * Hour)]
    public void A_place_on_another_continent_is_unusual(long span)
    {
        var settings = Of(span, Detector("lat_long", "place"));
        var noise = new Noise(1);
        var rows = Enumerable.Range(0, 1000).Select(i => At(i * Hour, i % 3 == 0 ? Near(noise, 48.85, 2.35) : Near(noise, 51.5, -0.12))).ToList();
        rows.Add(At((900 * Hour) + 100, "35.68,139.69"));
        var results = Analyse(settings, rows);

        var record = results.Single(bucket => bucket.Timestamp == BucketTime.Floor(900 * Hour, span)).Records.ShouldHaveSingleItem();
        (record.Function, record.FunctionDescription, record.FieldName).ShouldBe(("lat_long", "lat_long", "place"));
        record.Actual.ShouldBe([35.68, 139.69]);
        new[] { 48.85, 51.5 }.ShouldContain(latitude => Math.Abs(record.Typical[0] - latitude) < 0.2);
        record.RecordScore.ShouldBeGreaterThan(60);
        record.Explanation!.TypicalValue.ShouldBeNull();
        results.SelectMany(bucket => bucket.Records).Max(r => r.RecordScore).ShouldBe(record.RecordScore);
    }

    [Fact]
    public void A_town_seldom_visited_is_unusual_until_it_is_visited_more()
    {
        var settings = Of(Hour, Detector("lat_long", "place"));
        var noise = new Noise(2);
        // Of the last thousand, every tenth is in the other town.
        var rows = Enumerable.Range(0, 2000).Select(i => At(i * Hour, i == 700 || (i > 1000 && i % 10 == 0) ? Near(noise, 48.85, 2.35) : Near(noise, 51.5, -0.12))).ToList();
        var records = Analyse(settings, rows).SelectMany(bucket => bucket.Records.Select(record => (At: bucket.Timestamp / Hour, record))).ToList();
        records.Single(found => found.At == 700).record.RecordScore.ShouldBeGreaterThan(60);
        var second = records.Single(found => found.At == 1010).record;
        second.Typical[0].ShouldBe(51.5, 0.2);
        second.RecordScore.ShouldBeInRange(10, 60);
        records.Where(found => found.At > 1600 && found.record.RecordScore > 20 && Math.Abs(found.record.Actual[0] - 48.85) < 1).ShouldBeEmpty();
    }

    [Fact]
    public void Places_beside_each_other_across_the_date_line_and_the_pole_are_near()
    {
        var settings = Of(Hour, Detector("lat_long", "place"));
        var noise = new Noise(3);
        string Fiji() => noise.Uniform() < 0.5 ? FormattableString.Invariant($"-17,{180 - (0.1 * noise.Uniform())}") : FormattableString.Invariant($"-17,{-180 + (0.1 * noise.Uniform())}");
        string Pole() => FormattableString.Invariant($"{90 - (0.1 * noise.Uniform())},{(360 * noise.Uniform()) - 180}");
        foreach (var place in new Func<string>[] { Fiji, Pole })
            Analyse(settings, Enumerable.Range(0, 800).Select(i => At(i * Hour, place())).ToList()).Skip(200).SelectMany(bucket => bucket.Records).Count(r => r.RecordScore > 50).ShouldBe(0);
    }

    [Fact]
    public void What_is_no_place_is_as_if_it_were_missing()
    {
        var settings = Of(Hour, Detector("lat_long", "place"));
        var rows = Enumerable.Range(0, 300).Select(i => At(i * Hour, "51.5,-0.12")).ToList();
        var clean = Analyse(settings, [.. rows]);
        string[] wrong = ["", "here", "51.5", "51.5;0", "91,0", "0,181", "NaN,0", "51.5,-0.12,3", "POINT (1)", "POINT 1 2"];
        rows.AddRange(wrong.Select((text, i) => At((200 + i) * Hour, text)));
        var results = Analyse(settings, rows);
        results.SelectMany(bucket => bucket.Records).ShouldBeEmpty();
        results.Select(bucket => bucket.AnomalyScore).ShouldBe(clean.Select(bucket => bucket.AnomalyScore));
    }

    [Theory]
    [InlineData("51.5,-0.12", 51.5, -0.12)]
    [InlineData(" 51.5 , -0.12 ", 51.5, -0.12)]
    [InlineData("-90,180", -90, 180)]
    [InlineData("1e1,2E-1", 10, 0.2)]
    [InlineData("POINT (-0.12 51.5)", 51.5, -0.12)]
    [InlineData("point(-0.12 51.5)", 51.5, -0.12)]
    public void Places_are_read_in_both_forms(string text, double latitude, double longitude)
    {
        GeoPoint.TryParse(text, out var point).ShouldBeTrue();
        (point.Latitude, point.Longitude).ShouldBe((latitude, longitude));
        GeoPoint.TryParse(point.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(point);
        GeoPoint.OfKey(point.Key).ShouldBe(point);
    }

    [Fact]
    public void Distances_are_those_on_the_earth()
    {
        // The quarter of a meridian, half of the equator, and one second of arc.
        double Between(GeoPoint a, GeoPoint b) => Direction.Of(a).Kilometres(Direction.Of(b));
        Between(GeoPoint.Of(0, 0), GeoPoint.Of(90, 50)).ShouldBe(6371.0088 * Math.PI / 2, 1e-6);
        Between(GeoPoint.Of(0, -90), GeoPoint.Of(0, 90)).ShouldBe(6371.0088 * Math.PI, 1e-3);
        Between(GeoPoint.Of(10, 20), GeoPoint.Of(10 + (1 / 3600.0), 20)).ShouldBe(6371.0088 * Math.PI / 180 / 3600, 1e-5);
        Direction.Of(GeoPoint.Of(-33.8688, 151.2093)).Point.ShouldBe(GeoPoint.Of(-33.8688, 151.2093));
    }

    [Fact]
    public void Members_are_judged_by_the_places_of_all()
    {
        var settings = Of(Hour, Detector("lat_long", "place", over: "user", partition: "shop"));
        var noise = new Noise(4);
        var rows = new List<Row>();
        for (var i = 0; i < 200; i++)
            for (var user = 0; user < 10; user++)
                rows.Add(At(i * Hour, Near(noise, 51.5, -0.12), ("user", $"u{user}"), ("shop", "x")));
        rows.Add(At(150 * Hour, "40.7,-74", ("user", "u3"), ("shop", "x")));
        var record = Analyse(settings, rows).Single(bucket => bucket.Timestamp == 150 * Hour).Records.ShouldHaveSingleItem();
        (record.OverFieldValue, record.PartitionFieldValue).ShouldBe(("u3", "x"));
        var cause = record.Causes.ShouldHaveSingleItem();
        cause.Actual.ShouldBe([40.7, -74]);
        cause.Typical.ShouldBe(record.Typical);
        cause.Typical.Count.ShouldBe(2);
    }

    [Fact]
    public void Of_very_many_places_in_a_bucket_the_one_far_away_is_not_lost()
    {
        var settings = Of(Hour, Detector("lat_long", "place")).WithInfluencers("user");
        var noise = new Noise(5);
        var rows = new List<Row>();
        for (var i = 0; i < 20_000; i++) rows.Add(At(i * 36, Near(noise, 51.5, -0.12), ("user", $"u{i % 7}")));
        // After far more than are kept.
        rows.Add(At((150 * Hour) + 3500, "-33.8688,151.2093", ("user", "thief")));
        var record = Analyse(settings, rows).Single(bucket => bucket.Timestamp == 150 * Hour).Records.ShouldHaveSingleItem();
        record.Actual.ShouldBe([-33.8688, 151.2093]);
        record.Influencers.ShouldHaveSingleItem().FieldValues.ShouldBe(["thief"]);
    }

    [Theory]
    [InlineData("one town")]
    [InlineData("five towns")]
    [InlineData("a country")]
    [InlineData("one place")]
    [InlineData("a traveller")]
    public void A_probability_below_one_percent_comes_at_most_twice_in_a_hundred_buckets(string kind)
    {
        var (unlikely, all) = (0, 0);
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var noise = new Noise(200 + seed);
            string Place() => kind switch
            {
                "one town" => Near(noise, 51.5, -0.12),
                "five towns" => (int)(5 * noise.Uniform()) is var town ? Near(noise, 40 + (3 * town), 2 + (4 * town)) : "",
                "a country" => FormattableString.Invariant($"{45 + (5 * noise.Uniform())},{8 * noise.Uniform()}"),
                "one place" => "51.5,-0.12",
                // Distances over five orders of magnitude.
                _ => FormattableString.Invariant($"{45 + (0.001 * Math.Exp(1.5 * Math.Abs(noise.Gaussian())))},{5 + (0.001 * Math.Exp(1.5 * Math.Abs(noise.Gaussian())))}"),
            };
            var results = Analyse(Of(Hour, Detector("lat_long", "place")), Enumerable.Range(0, 3000).Select(i => At(i * Hour, Place())).ToList());
            foreach (var bucket in results.Skip(300))
            {
                all++;
                if (bucket.Records.Any(record => record.Probability < 0.01)) unlikely++;
            }
        }
        ((double)unlikely / all).ShouldBeLessThan(0.02, $"{unlikely} of {all}");
    }

    // About ten kilometres around.
    private static string Near(Noise noise, double latitude, double longitude) =>
        FormattableString.Invariant($"{latitude + (0.05 * noise.Gaussian())},{longitude + (0.05 * noise.Gaussian())}");

    private static Row At(long time, string place, params (string Field, object Value)[] fields) => new(time, [("place", place), .. fields]);

    private static List<BucketResult> Analyse(AnalysisSettings settings, List<Row> rows)
    {
        var ordered = rows.OrderBy(row => row.Time).ToList();
        var end = BucketTime.Ceiling(ordered[^1].Time + 1, settings.BucketSpan);
        IEnumerable<AnalysisInput> inputs = [.. ordered.Chunk(1000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(end)];
        return JobAnalysis.Create(settings).FoldAll(inputs);
    }
}
