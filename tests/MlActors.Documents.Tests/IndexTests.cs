using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MlActors.Documents.Indices;
using MlActors.Documents.Ingesting;
using MlActors.Documents.Store;
using MlActors.Documents.Times;

namespace MlActors.Documents.Tests;

public sealed class IndexTests
{
    [Theory]
    [InlineData("logs-2026.01.15", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("Logs", false)]
    [InlineData("_logs", false)]
    [InlineData("-logs", false)]
    [InlineData("+logs", false)]
    [InlineData(".logs", false)]
    [InlineData("a b", false)]
    [InlineData("a,b", false)]
    [InlineData("a*", false)]
    [InlineData("a#b", false)]
    [InlineData("a:b", false)]
    public void A_name_keeps_the_rules(string name, bool good) => (IndexName.Problem(name) is null).ShouldBe(good);

    [Fact]
    public void A_name_has_at_most_255_bytes()
    {
        IndexName.Problem(new string('a', 255)).ShouldBeNull();
        IndexName.Problem(new string('é', 128)).ShouldNotBeNull().ShouldContain("256 bytes");
    }

    [Theory]
    [InlineData("""{"mappings":{"properties":{"when":{"type":"date"}}}}""", "when")]
    [InlineData("""{"mappings":{"properties":{"when":{"type":"date"},"@timestamp":{"type":"date"}}}}""", "@timestamp")]
    [InlineData("""{"mappings":{"properties":{"b":{"type":"date"},"a":{"type":"date"}}}}""", "a")]
    [InlineData("""{"settings":{"index":{"time_field":"b"}},"mappings":{"properties":{"b":{"type":"date"},"a":{"type":"date"}}}}""", "b")]
    [InlineData("""{"mappings":{"properties":{"event":{"properties":{"created":{"type":"date"}}}}}}""", "event.created")]
    [InlineData("""{"settings":{"index.time_field":"x"}}""", "x")]
    [InlineData("""{"settings":{"number_of_shards":1}}""", null)]
    public void The_time_field_is_that_of_the_mappings(string body, string? expected)
    {
        using var document = JsonDocument.Parse(body);
        IndexDefinitionReader.Read("i", "u", document.RootElement, 0).TimeField.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"a":1,"@timestamp":"broken","time":1}""", "@timestamp")]
    [InlineData("""{"ts":1767225600000,"date":"2026-01-01"}""", "date")]
    [InlineData("""{"time":"no time","ts":"2026-01-01T00:00:00Z"}""", "ts")]
    [InlineData("""{"inner":{"time":1},"n":1}""", "")]
    public void Without_mappings_the_first_document_decides(string source, string expected) =>
        TimeFieldRule.OfDocument(Encoding.UTF8.GetBytes(source)).ShouldBe(expected);

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", 1767225600000)]
    [InlineData("2026-01-01T00:00:00", 1767225600000)]
    [InlineData("2026-01-01 01:00+01:00", 1767225600000)]
    [InlineData("2026-01-01T00:00:00.123456789-0030", 1767227400123)]
    [InlineData("2026-01-01T00:00:00,5Z", 1767225600500)]
    [InlineData("2026-01-01", 1767225600000)]
    [InlineData("1969-12-31T23:59:59.999Z", -1)]
    [InlineData("1767225600000", 1767225600000)]
    public void Times_are_read_in_their_usual_forms(string text, long expected)
    {
        DateFormat.Default.TryParse(text, out var ms).ShouldBeTrue();
        ms.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-02-30")]
    [InlineData("2026-01-01T24:00:00Z")]
    [InlineData("2026-01-01T00:00:00.")]
    [InlineData("2026-01-01T00:00:00+25:00")]
    [InlineData("2026-01-01Tx")]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("99999999999999999")]
    public void What_is_no_time_is_not_taken_for_one(string text) => DateFormat.Default.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("epoch_second", "1767225600", 1767225600000)]
    [InlineData("epoch_second", "1767225600.25", 1767225600250)]
    [InlineData("dd/MMM/yyyy:HH:mm:ss Z", "01/Jan/2026:00:00:00 +0000", 1767225600000)]
    [InlineData("dd/MMM/yyyy:HH:mm:ss Z||epoch_second", "1767225600", 1767225600000)]
    public void The_format_of_the_mapping_is_obeyed(string format, string text, long expected)
    {
        DateFormat.TryCreate(format, out var created, out var problem).ShouldBeTrue(problem);
        created!.TryParse(text, out var ms).ShouldBeTrue();
        ms.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"t":"2026-01-01T00:00:00Z"}""", null)]
    [InlineData("""{"a":{"b":1},"t":1767225600000}""", null)]
    [InlineData("""{"n":1}""", "[t]")]
    [InlineData("""{"t":null}""", "[t]")]
    [InlineData("""{"t":"soon"}""", "[soon]")]
    [InlineData("""{"t":{}}""", "[t]")]
    [InlineData("""{"t":true}""", "[true]")]
    [InlineData("""{"t":1} {"t":2}""", "malformed")]
    [InlineData("""{"t":""", "malformed")]
    [InlineData("""[1]""", "object")]
    [InlineData("", "malformed")]
    public void A_document_is_refused_with_the_name_of_its_time_field(string source, string? problem)
    {
        var index = new IndexInfo(1, new IndexDefinition("i", "u", "t", "{}", "{}", null, 0), 0, 0, 0, 0, 0);
        var found = new DocumentInspector(index, TimeProvider.System).Problem(Encoding.UTF8.GetBytes(source), out var timeMs);
        if (problem is null) (found, timeMs).ShouldBe((null, 1767225600000));
        else found.ShouldNotBeNull().ShouldContain(problem);
    }

    [Fact]
    public void Without_a_time_field_the_time_of_arrival_counts()
    {
        var clock = new FakeTimeProvider(Sample.Now);
        var index = new IndexInfo(1, new IndexDefinition("i", "u", "", "{}", "{}", null, 0), 0, 0, 0, 0, 0);
        new DocumentInspector(index, clock).Problem("""{"a":1}"""u8, out var timeMs).ShouldBeNull();
        timeMs.ShouldBe(Sample.Now.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void A_made_id_says_where_its_document_is()
    {
        foreach (var (time, seq) in new[] { (0L, 0L), (-1L, 5L), (1767225600000L, 1L << 40), (-(1L << 46), 7L) })
        {
            var id = DocumentId.Make(0xABCDEF, time, seq);
            id.Length.ShouldBe(20);
            DocumentId.TryParse(0xABCDEF, id, out var readTime, out var readSeq).ShouldBeTrue();
            (readTime, readSeq).ShouldBe((time, seq));
            DocumentId.TryParse(0xABCDEE, id, out _, out _).ShouldBeFalse();
        }
        DocumentId.TryParse(1, "not-one", out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"settings":{"index":{"retention":"30d"}}}""", 30)]
    [InlineData("""{"settings":{"retention":"30d"}}""", 30)]
    [InlineData("""{"settings":{"index.retention":null}}""", null)]
    public void The_retention_is_a_duration(string body, int? days)
    {
        using var document = JsonDocument.Parse(body);
        IndexDefinitionReader.Read("i", "u", document.RootElement, 0).Retention.ShouldBe(days is { } count ? TimeSpan.FromDays(count) : null);
    }

    [Theory]
    [InlineData("""{"settings":{"index.retention":"long"}}""", "index.retention")]
    [InlineData("""{"settings":{"index.retention":"0d"}}""", "index.retention")]
    [InlineData("""{"mappings":{"properties":{"a":{"type":"date","format":"[["}}}}""", "mappings.properties.a.format")]
    [InlineData("""{"mappings":[]}""", "[mappings]")]
    [InlineData("""{"mapping":{}}""", "[mapping]")]
    [InlineData("""{"aliases":{"a":{}}}""", "[aliases]")]
    public void A_wrong_definition_is_refused_by_name(string body, string named)
    {
        using var document = JsonDocument.Parse(body);
        Should.Throw<QueryException>(() => IndexDefinitionReader.Read("i", "u", document.RootElement, 0)).Message.ShouldContain(named);
    }
}
