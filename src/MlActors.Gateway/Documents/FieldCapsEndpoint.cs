using System.Collections.Immutable;
using MlActors.Documents.Store;
using MlActors.Documents.Queries;
using MlActors.Documents.Searching;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Expressions;
using System.Text.Json;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>Which fields there are and of what type: from the mappings, and from the latest documents for fields that no mapping names.</summary>
public static class FieldCapsEndpoint
{
    private const int Sample = 100;

    private static readonly Parameter<string[]> Fields = P.List("fields", "", ParameterPlace.Both, "Paths with `*`; required.");
    private static readonly Parameter<bool> IncludeUnmapped = P.Boolean("include_unmapped", false, ParameterPlace.Query, "Accepted.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("field_caps", ["GET", "POST"], ["/_field_caps", "/{index}/_field_caps"], null, "indices:data/read/field_caps",
            $"The fields of documents and their types: what mappings name, and what the latest {Sample} documents of each index have.", AnswerAsync)
        {
            IndexPrivilege = IndexPrivileges.Read,
            Body = BodyKind.Arguments,
            Parameters = [Fields, IncludeUnmapped, .. IndexNames.Parameters],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        if (!call.Has(Fields)) throw ApiException.IllegalArgument("[fields] is missing: give paths, or * for all");
        var indices = await IndexNames.ResolveAsync(call);
        var types = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var index in indices) await CollectAsync(call, index, types);
        var wanted = types.Where(pair => call.Get(Fields).Any(pattern => JobExpression.Matches(pattern, pair.Key))).ToList();
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("indices");
            foreach (var index in indices) json.WriteStringValue(index.Name);
            json.WriteEndArray();
            json.WriteStartObject("fields");
            foreach (var (field, kinds) in wanted)
            {
                json.WriteStartObject(field);
                foreach (var kind in kinds)
                {
                    json.WriteStartObject(kind);
                    json.WriteString("type", kind);
                    json.WriteBoolean("metadata_field", false);
                    json.WriteBoolean("searchable", true);
                    json.WriteBoolean("aggregatable", kind != "object");
                    json.WriteEndObject();
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static async Task CollectAsync(ApiCall call, IndexInfo index, SortedDictionary<string, SortedSet<string>> types)
    {
        foreach (var (path, type) in index.Mapping.Types) Put(path, type);
        var latest = new SearchRequest { Query = Query.All, Size = Sample, Sort = [new SortKey("_doc", Descending: true)], CountUpTo = 0 };
        var found = await new Searcher(call.Services.Documents).SearchAsync([index], latest, call.Aborted);
        foreach (var hit in found.Hits)
        {
            using var document = JsonDocument.Parse(hit.Source);
            Walk(document.RootElement, "");
        }

        void Walk(JsonElement element, string path)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var property in element.EnumerateObject()) Walk(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}");
                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray()) Walk(item, path);
                    break;
                case JsonValueKind.Null: break;
                default:
                    if (index.Mapping.TypeOf(path) is not null) break;
                    Put(path, element.ValueKind switch
                    {
                        JsonValueKind.String => "keyword",
                        JsonValueKind.Number => element.TryGetInt64(out _) ? "long" : "double",
                        _ => "boolean",
                    });
                    break;
            }
        }

        void Put(string path, string type)
        {
            if (!types.TryGetValue(path, out var kinds)) types.Add(path, kinds = new(StringComparer.Ordinal));
            kinds.Add(type);
        }
    }
}
