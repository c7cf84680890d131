using MlActors.Documents.Indices;
using MlActors.Documents.Ingesting;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;

namespace MlActors.Gateway.Documents;

/// <summary>One index that a request writes to: found or created when its first document comes, then asked for each document's time.</summary>
internal sealed class IngestTarget(ApiCall call, string name)
{
    private DocumentInspector? _inspector;

    public string Name => name;

    public IndexInfo? Index { get; private set; }

    /// <summary>Makes the index ready for a document, creating it if need be.</summary>
    /// <param name="source"><c>null</c> for a delete, which creates nothing.</param>
    /// <returns>What is wrong, or <c>null</c>.</returns>
    public async ValueTask<ItemError?> PrepareAsync(WriteKind kind, ReadOnlyMemory<byte>? source)
    {
        var privilege = kind switch
        {
            WriteKind.Delete => IndexPrivileges.Delete,
            WriteKind.Create => IndexPrivileges.CreateDoc,
            _ => IndexPrivileges.Index,
        };
        if (!call.Principal.MayWithIndex(privilege, name))
        {
            // To add a document without an id is no more than to create one.
            var refusal = Authenticator.Forbidden(call.Principal, call.Endpoint, privilege, name);
            return new ItemError(refusal.Status, refusal.Type, refusal.Message);
        }
        if (_inspector is not null) return null;
        if (IndexName.Problem(name) is { } problem) return new ItemError(400, ErrorTypes.InvalidIndexName, $"invalid index name [{Queries(name)}]: {problem}");
        Index ??= await call.Services.Documents.FindIndexAsync(name);
        if (source is not { } document)
            return Index is null ? new ItemError(404, ErrorTypes.IndexNotFound, $"no such index [{name}]") : null;
        // A document that cannot be read must decide nothing.
        if (DocumentInspector.WellFormed(document.Span) is { } malformed) return new ItemError(400, ErrorTypes.DocumentParsing, malformed);
        if (Index is null)
        {
            if (!call.Principal.MayWithIndex(IndexPrivileges.CreateIndex, name))
            {
                var refusal = Authenticator.Forbidden(call.Principal, call.Endpoint, IndexPrivileges.CreateIndex, name);
                return new ItemError(refusal.Status, refusal.Type, $"no such index [{name}], and it is not created: {refusal.Message}");
            }
            var definition = IndexDefinitionReader.OfDocument(name, IndexEndpoints.NewUuid(), document.Span, call.Services.NowMs);
            (Index, _) = await call.Services.Documents.CreateIndexAsync(definition);
        }
        if (Index.Definition.TimeField is null)
            Index = await call.Services.Documents.SettleTimeFieldAsync(Index.Number, TimeFieldRule.OfDocument(document.Span));
        if (Index is null) return new ItemError(404, ErrorTypes.IndexNotFound, $"no such index [{name}]: it was just deleted");
        _inspector = new DocumentInspector(Index, call.Services.Time);
        return null;
    }

    /// <returns>What is wrong with the document, or <c>null</c>.</returns>
    public ItemError? Inspect(ReadOnlySpan<byte> source, out long timeMs) =>
        _inspector!.Problem(source, out timeMs) is { } problem ? new ItemError(400, ErrorTypes.DocumentParsing, problem) : null;

    private static string Queries(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
