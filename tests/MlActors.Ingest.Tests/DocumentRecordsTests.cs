using System.Text;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

public class DocumentRecordsTests
{
    private static readonly BatchSchema Schema = Uploads.Schema(Uploads.Number("value"), Uploads.Text("host"));

    private static RecordBatch Read(string json, long? timeMs)
    {
        var records = new DocumentRecords(Schema, new RecordFormat("@timestamp", "yyyy-MM-dd'T'HH:mm:ssX"));
        (timeMs is { } time ? records.TryAdd(Encoding.UTF8.GetBytes(json), time) : records.TryAdd(Encoding.UTF8.GetBytes(json))).ShouldBeTrue();
        return records.Cut();
    }

    [Fact]
    public void A_document_is_worth_what_an_upload_of_it_is()
    {
        const string json = """{"@timestamp":"2024-05-01T10:00:00Z","value":"1.5","host":{"name":"x"},"other":[1,2]}""";
        var batch = Read(json, null);
        batch.Times[0].ShouldBe(1714557600);
        batch.Columns[0].Numbers![0].ShouldBe(1.5);
        batch.Columns[1].Codes![0].ShouldBe(-1);
        batch.Input.ShouldBe(new InputCounts { InputBytes = json.Length, InputFields = 3, MissingFields = 1 });
    }

    [Fact]
    public void A_known_time_is_taken_whatever_the_document_says()
    {
        Read("""{"@timestamp":"never","value":2,"host":"a"}""", -1).Times[0].ShouldBe(-1);
        Read("""{"value":2,"host":"a"}""", 1_999).Times[0].ShouldBe(1);
    }

    [Fact]
    public void Without_a_time_a_document_is_counted_only()
    {
        var batch = Read("""{"value":2,"host":"a"}""", null);
        batch.Count.ShouldBe(0);
        batch.Input.InvalidDates.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"value":1""")]
    [InlineData("""{"value":01}""")]
    public void What_is_no_object_adds_nothing(string json)
    {
        var records = new DocumentRecords(Schema, new RecordFormat());
        records.TryAdd(Encoding.UTF8.GetBytes(json), 1000).ShouldBeFalse();
        records.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Long_documents_fit()
    {
        var host = new string('h', 20_000);
        Read($$"""{"value":7,"host":"{{host}}"}""", 0).Columns[1].Dictionary![0].ShouldBe(host);
    }
}
