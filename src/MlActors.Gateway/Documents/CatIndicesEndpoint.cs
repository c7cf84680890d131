using System.Collections.Immutable;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Cat;
using MlActors.Gateway.Security;
using static MlActors.Gateway.Cat.ColumnsOf<MlActors.Documents.Store.IndexInfo>;

namespace MlActors.Gateway.Documents;

/// <summary>The indices as a table to read in a terminal.</summary>
public static class CatIndicesEndpoint
{
    private static readonly ImmutableArray<CatColumn<IndexInfo>> ByDefault =
    [
        Text("health", "h", "always green", _ => "green"),
        Text("status", "s", "always open", _ => "open"),
        Text("index", "i", "the name of the index", index => index.Name),
        Text("uuid", "id", "the id of the index", index => index.Definition.Uuid),
        Number("pri", "p", "always 1", _ => 1),
        Number("rep", "r", "always 0", _ => 0),
        Number("docs.count", "dc", "documents", index => index.Documents),
        Number("docs.deleted", "dd", "always 0", _ => 0),
        Bytes("store.size", "ss", "bytes of the documents", index => index.Bytes),
        Bytes("pri.store.size", "pss", "the same", index => index.Bytes),
    ];

    private static readonly ImmutableArray<CatColumn<IndexInfo>> All =
    [
        .. ByDefault,
        Number("creation.date", "cd", "when the index was created", index => index.Definition.CreatedMs),
        Text("time.field", "tf", "the field that gives a document its time", index => index.Definition.TimeField),
        new("earliest", Aliases("e"), CatType.Number, "time of the earliest document", index => index.Documents == 0 ? null : index.EarliestMs),
        new("latest", Aliases("l"), CatType.Number, "time of the latest document", index => index.Documents == 0 ? null : index.LatestMs),
    ];

    public static ApiEndpoint Endpoint { get; } =
        new("cat.indices", ["GET"], ["/_cat/indices", "/_cat/indices/{index}"], null, "indices:monitor/stats", "The indices of documents as a table.", AnswerAsync)
        {
            IndexPrivilege = IndexPrivileges.Monitor,
            IsText = true,
            Parameters = [.. CatFrame.Parameters, .. IndexNames.Parameters],
        };

    private static Task<ApiResult> AnswerAsync(ApiCall call) =>
        CatFrame.AnswerAsync(call, All, ByDefault, async () => (await IndexNames.ResolveAsync(call)).ToList());
}
