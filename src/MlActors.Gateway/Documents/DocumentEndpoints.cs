using System.Collections.Immutable;
using MlActors.Documents.Searching;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>Single documents.</summary>
public static class DocumentEndpoints
{
    private const string Docs = "/{index}/_doc";
    private const string Doc = Docs + "/{id}";

    private static readonly Parameter<string?> OpType = P.Text("op_type", null, ParameterPlace.Query, "`index`, or `create` to refuse a document whose id is there.") with
    {
        Rule = value => value is "index" or "create" ? null : $"[{value}] is not supported: write index or create",
    };

    private static readonly Parameter<bool> Realtime = P.Boolean("realtime", true, ParameterPlace.Query, "Accepted; it always is.");
    private static readonly Parameter<string?> Preference = P.Text("preference", null, ParameterPlace.Query, "Accepted; there are no shards.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("index", ["POST", "PUT"], [Docs, Doc], null, "indices:data/write/index",
            "Puts a document; one of the same id is replaced. Without an id one is made. An index that does not exist is created.", call => PutAsync(call, WriteKind.Index))
        {
            IndexPrivilege = IndexPrivileges.CreateDoc,
            Body = BodyKind.Json,
            BodyDoc = "The document.",
            Parameters = [OpType, .. WriteParameters.All],
        },
        new("create", ["POST", "PUT"], ["/{index}/_create/{id}"], null, "indices:data/write/index", "Puts a document unless one of this id is there (409).",
            call => PutAsync(call, WriteKind.Create))
        {
            IndexPrivilege = IndexPrivileges.CreateDoc,
            Body = BodyKind.Json,
            BodyDoc = "The document.",
            Parameters = WriteParameters.All,
        },
        new("get", ["GET"], [Doc], null, "indices:data/read/get", "A document.", GetAsync)
        {
            IndexPrivilege = IndexPrivileges.Read,
            Parameters = [Realtime, Preference, .. SourceParameters.All],
        },
        new("exists", ["HEAD"], [Doc], null, "indices:data/read/get", "Whether a document is there: 200 or 404.", GetAsync)
        {
            IndexPrivilege = IndexPrivileges.Read,
            Parameters = [Realtime, Preference, .. SourceParameters.All],
        },
        new("delete", ["DELETE"], [Doc], null, "indices:data/write/delete", "Deletes a document.", DeleteAsync)
        {
            IndexPrivilege = IndexPrivileges.Delete,
            Parameters = WriteParameters.All,
        },
    ];

    private static async Task<ApiResult> PutAsync(ApiCall call, WriteKind kind)
    {
        WriteParameters.Check(call);
        var (name, id) = (call.Path("index")!, call.Path("id"));
        if (call.Endpoint.Name == "index" && call.Get(OpType) == "create") kind = WriteKind.Create;
        if (id is null && call.Http.Request.Method == "PUT") throw ApiException.IllegalArgument($"[PUT {call.Http.Request.Path}] needs an id; POST makes one");
        if (BulkAction.IdProblem(id) is { } bad) throw ApiException.IllegalArgument(bad);
        var target = new IngestTarget(call, name);
        var timeMs = 0L;
        var error = await target.PrepareAsync(id is null ? WriteKind.Create : kind, call.Body) ?? target.Inspect(call.Body.Span, out timeMs);
        return await WriteAsync(call, target, error, new DocumentWrite(kind, id, timeMs, OneLine(call.Body)));
    }

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var target = new IngestTarget(call, IndexNames.One(call));
        var error = await target.PrepareAsync(WriteKind.Delete, null);
        return await WriteAsync(call, target, error, DocumentWrite.Delete(call.Path("id")!));
    }

    private static async Task<ApiResult> WriteAsync(ApiCall call, IngestTarget target, ItemError? error, DocumentWrite write)
    {
        if (error is not null) throw new ApiException(error.Status, error.Type, error.Reason);
        var outcomes = await call.Services.Documents.WriteAsync(target.Index!.Number, [write]) ?? throw IndexNames.Missing(target.Name);
        var result = ItemResult.Of(write.Kind, target.Name, outcomes[0]);
        if (result.Error is { } refused) throw new ApiException(refused.Status, refused.Type, refused.Reason);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            result.Write(json);
            json.WriteEndObject();
        }, result.Status);
    }

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var index = await IndexNames.RequireOneAsync(call);
        var id = call.Path("id")!;
        var document = await call.Services.Documents.FindAsync(index.Number, id);
        var source = SourceParameters.Read(call) ?? SourceFilter.Everything;
        return new ApiResult(document is null ? 404 : 200)
        {
            Body = output =>
            {
                var json = output.Json;
                json.WriteStartObject();
                json.WriteString("_index", index.Name);
                json.WriteString("_id", id);
                if (document is not null)
                {
                    json.WriteNumber("_version", document.Version);
                    json.WriteNumber("_seq_no", document.Seq);
                    json.WriteNumber("_primary_term", 1);
                }
                json.WriteBoolean("found", document is not null);
                if (document is not null) SearchAnswer.WriteSource(output, source, document.Source);
                json.WriteEndObject();
                return Task.CompletedTask;
            },
        };
    }

    // Stored in one line, without the blanks of a pretty body: it may be sent on as a line.
    private static ReadOnlyMemory<byte> OneLine(ReadOnlyMemory<byte> body) => body.Span.Contains((byte)'\n') ? Compact(body) : body;

    private static byte[] Compact(ReadOnlyMemory<byte> body)
    {
        using var document = ArgumentReader.ParseJson(body);
        return System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(document.RootElement, Relaxed);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
