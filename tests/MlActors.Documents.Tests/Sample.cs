using System.Text;
using System.Text.Json;
using MlActors.Documents.Matching;
using MlActors.Documents.Queries;
using MlActors.Documents.Store;

namespace MlActors.Documents.Tests;

/// <summary>An index with a few documents, and what of them matches.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 30, 0, TimeSpan.Zero);

    private static readonly (long TimeMs, string Source)[] Documents =
    [
        (Ms("2026-01-15T10:00:00Z"), """{"@timestamp":"2026-01-15T10:00:00Z","host":{"name":"web-1","up":true},"status":200,"message":"GET /index.html served","tags":["a","b"]}"""),
        (Ms("2026-01-15T11:00:00Z"), """{"@timestamp":"2026-01-15T11:00:00Z","host.name":"web-2","status":404,"message":"GET /none not found","bytes":1.5,"took":null}"""),
        (Ms("2026-01-14T09:00:00Z"), """{"@timestamp":"2026-01-14T09:00:00Z","host":{"name":"db-1"},"status":"500","message":"Disk \"sda\" f\u00fcll","seen":"2026-01-02","at":1767225600}"""),
    ];

    public static IndexInfo Index { get; } = new(
        1,
        new IndexDefinition("logs", "uuid", "@timestamp", "{}", """{"properties":{"at":{"type":"date","format":"epoch_second"},"exact":{"type":"keyword"}}}""", null, 0),
        3, 0, 3, 0, 0);

    /// <summary>The positions of the documents that match.</summary>
    public static int[] Match(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Match(QueryReader.Read(document.RootElement, Now));
    }

    public static int[] Match(Query query)
    {
        var matcher = QueryMatcher.Compile(query, Index);
        return [.. Enumerable.Range(0, Documents.Length).Where(i => matcher.Matches(Encoding.UTF8.GetBytes(Documents[i].Source), Documents[i].TimeMs, i, i == 2 ? "given"u8 : default))];
    }

    public static long Ms(string iso) => DateTimeOffset.Parse(iso, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
