using System.Text.Json;
using MlActors.Analysis.Results;
using MlActors.Jobs.Results;
using MlActors.Storage.Tests.Compliance;
using static System.Text.Encoding;

namespace MlActors.Storage.Tests.Formats;

public sealed class ResultDocumentsTests
{
    private static readonly RecordResult Record = new(
        1, "high_mean", "mean", "responsetime", "clientip", "1.2.3.4", "user", "bob", "airline", "AAL", 0.001, 87.5, -2.5, 60, [10.5], [99], [
            new Influence("airline", ["AAL"]), new Influence("clientip", ["5.6.7.8", "1.2.3.4"]), new Influence("status", ["500"])],
        [new CauseResult(0.0001, "1.2.3.4", [10.5], [99])], new ScoreExplanation("spike", 40, 10, 10.5, 9, 11));

    [Fact]
    public void A_bucket_has_its_documented_fields() => UTF8.GetString(ResultDocuments.Bucket("a", Make.Bucket(300, 50))).ShouldBe(
        """
        {"job_id":"a","result_type":"bucket","timestamp":300000,"bucket_span":300,"is_interim":false,"anomaly_score":50,"initial_anomaly_score":50,
        "alert_score":12.5,"event_count":12,"bucket_influencers":[{"job_id":"a","result_type":"bucket_influencer","timestamp":300000,"bucket_span":300,"is_interim":false,
        "influencer_field_name":"bucket_time","initial_anomaly_score":50,"anomaly_score":50,"raw_anomaly_score":25,"probability":0.01}]}
        """.ReplaceLineEndings(""));

    [Fact]
    public void A_record_has_its_documented_fields_and_the_fields_of_the_data() =>
        UTF8.GetString(ResultDocuments.Record("a", Make.Bucket(300, interim: true), Record)).ShouldBe(
        """
        {"job_id":"a","result_type":"record","timestamp":300000,"bucket_span":300,"is_interim":true,"probability":0.001,"multi_bucket_impact":-2.5,
        "record_score":87.5,"initial_record_score":87.5,"alert_score":60,"detector_index":1,"function":"high_mean","function_description":"mean","field_name":"responsetime",
        "by_field_name":"clientip","by_field_value":"1.2.3.4","over_field_name":"user","over_field_value":"bob","partition_field_name":"airline",
        "partition_field_value":"AAL","typical":[10.5],"actual":[99],"causes":[{"probability":0.0001,"function":"high_mean","function_description":"mean","field_name":"responsetime",
        "by_field_name":"clientip","by_field_value":"1.2.3.4","over_field_name":"user","over_field_value":"bob","partition_field_name":"airline",
        "partition_field_value":"AAL","typical":[10.5],"actual":[99]}],"anomaly_score_explanation":{"anomaly_type":"spike","single_bucket_impact":40,"multi_bucket_impact":10,
        "lower_confidence_bound":9,"typical_value":10.5,"upper_confidence_bound":11},"influencers":[{"influencer_field_name":"airline",
        "influencer_field_values":["AAL"]},{"influencer_field_name":"clientip","influencer_field_values":["5.6.7.8","1.2.3.4"]},
        {"influencer_field_name":"status","influencer_field_values":["500"]}],"clientip":["1.2.3.4","5.6.7.8"],"user":["bob"],
        "airline":["AAL"],"status":["500"]}
        """.ReplaceLineEndings(""));

    [Fact]
    public void A_record_of_places_and_its_causes_have_them_as_points_too()
    {
        var document = JsonElement.Parse(ResultDocuments.Record("a", Make.Bucket(300), Record with
        {
            Function = "lat_long", Typical = [51.5, -0.12], Actual = [-33.8688, 151.2093],
            Causes = [new CauseResult(0.01, null, [51.5, -0.12], [35.68, 139.69])],
            Explanation = new ScoreExplanation(null, 50, 0, null, null, null),
        }));
        document.GetProperty("typical").ToString().ShouldBe("[51.5,-0.12]");
        document.GetProperty("actual").ToString().ShouldBe("[-33.8688,151.2093]");
        document.GetProperty("geo_results").ToString().ShouldBe("""{"actual_point":"-33.8688,151.2093","typical_point":"51.5,-0.12"}""");
        document.GetProperty("causes")[0].GetProperty("geo_results").ToString().ShouldBe("""{"actual_point":"35.68,139.69","typical_point":"51.5,-0.12"}""");
        document.GetProperty("anomaly_score_explanation").ToString().ShouldBe("""{"single_bucket_impact":50,"multi_bucket_impact":0}""");
    }

    [Fact]
    public void A_record_of_a_correlation_that_ceased_to_hold_names_the_other_value() =>
        JsonElement.Parse(ResultDocuments.Record("a", Make.Bucket(300), Record with { CorrelatedByFieldValue = "10.0.0.1" }))
            .GetProperty("correlated_by_field_value").GetString().ShouldBe("10.0.0.1");

    [Fact]
    public void What_a_record_does_not_have_is_left_out()
    {
        var document = JsonElement.Parse(ResultDocuments.Record("a", Make.Bucket(300), Record with
        {
            ByFieldName = null, ByFieldValue = null, Typical = [], Actual = [double.NaN], Influencers = [], Explanation = null, Probability = double.NaN,
        }));
        foreach (var name in new[] { "correlated_by_field_value", "by_field_name", "by_field_value", "typical", "actual", "influencers", "anomaly_score_explanation", "probability" })
            document.TryGetProperty(name, out _).ShouldBeFalse(name);
    }

    [Fact]
    public void An_influencer_has_its_documented_fields_and_its_own() =>
        UTF8.GetString(ResultDocuments.Influencer("a", Make.Bucket(300), Make.Influencer(20))).ShouldBe(
        """
        {"job_id":"a","result_type":"influencer","timestamp":300000,"bucket_span":300,"is_interim":false,"influencer_field_name":"host",
        "influencer_field_value":"web-1","influencer_score":20,"initial_influencer_score":20,"probability":0.02,"host":"web-1"}
        """.ReplaceLineEndings(""));

    [Theory]
    [InlineData("timestamp")]
    [InlineData("probability")]
    [InlineData("influencers")]
    [InlineData("job_id")]
    public void A_field_of_the_data_never_overwrites_a_field_of_the_document(string name)
    {
        var record = ResultDocuments.Record("a", Make.Bucket(300), Record with { PartitionFieldName = name, Influencers = [new Influence(name, ["x"])] });
        var influencer = ResultDocuments.Influencer("a", Make.Bucket(300), new InfluencerResult(name, "x", 1, 0.5));
        foreach (var document in new[] { record, influencer })
            JsonElement.Parse(document).EnumerateObject().Count(property => property.Name == name).ShouldBeLessThanOrEqualTo(1);
        JsonElement.Parse(record).GetProperty("job_id").GetString().ShouldBe("a");
    }

    [Fact]
    public void Fields_to_sort_by_are_those_of_the_documents()
    {
        var record = JsonElement.Parse(ResultDocuments.Record("a", Make.Bucket(300), Record));
        foreach (var field in ResultDocuments.SortFields(ResultKind.Record)) record.TryGetProperty(field, out _).ShouldBeTrue(field);
        var influencer = JsonElement.Parse(ResultDocuments.Influencer("a", Make.Bucket(300), Make.Influencer(1)));
        foreach (var field in ResultDocuments.SortFields(ResultKind.Influencer)) influencer.TryGetProperty(field, out _).ShouldBeTrue(field);
        var bucket = JsonElement.Parse(ResultDocuments.Bucket("a", Make.Bucket(300)));
        foreach (var field in ResultDocuments.SortFields(ResultKind.Bucket).Except(["processing_time_ms"]))
            bucket.TryGetProperty(field, out _).ShouldBeTrue(field);
    }
}
