using System.Collections.Immutable;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Security;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>Many changes of documents in one request: what log shippers and the clients' bulk helpers send.</summary>
public static class BulkEndpoint
{
    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("bulk", ["POST", "PUT"], ["/_bulk", "/{index}/_bulk"], null, "indices:data/write/bulk",
            "Indexes, creates and deletes documents. Each item succeeds or fails for itself; those that succeeded are durable when the answer comes.", AnswerAsync)
        {
            IndexPrivilege = IndexPrivileges.CreateDoc,
            Body = BodyKind.Stream,
            BodyDoc = "Lines: an action (`index`, `create` or `delete` with `_index` and `_id`), and behind `index` and `create` the document in one line. " +
                "`Content-Encoding` gzip, deflate or br. At most `limits.max-request-body` after decompression, a document at most 16 MiB.",
            Parameters = [.. WriteParameters.All, WriteParameters.Source],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        WriteParameters.Check(call);
        var start = call.Services.Time.GetTimestamp();
        var run = new BulkRun(call);
        await run.RunAsync();
        var took = (long)call.Services.Time.GetElapsedTime(start).TotalMilliseconds;
        return ApiResult.Stream(async output =>
        {
            var json = output.Json;
            json.WriteStartObject();
            // First, as some shippers read only the beginning.
            json.WriteBoolean("errors", run.Results.Any(item => item.IsError));
            json.WriteNumber("took", took);
            json.WriteStartArray("items");
            foreach (var item in run.Results)
            {
                json.WriteStartObject();
                json.WriteStartObject(item.Kind switch { WriteKind.Index => "index", WriteKind.Create => "create", _ => "delete" });
                item.Write(json);
                json.WriteNumber("status", item.Status);
                if (item.Error is { } error)
                {
                    json.WriteStartObject("error");
                    json.WriteString("type", error.Type);
                    json.WriteString("reason", error.Reason);
                    json.WriteString("index", item.Index);
                    json.WriteEndObject();
                }
                json.WriteEndObject();
                json.WriteEndObject();
                await output.FlushIfFullAsync(call.Aborted);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}

/// <summary>Parameters of what writes documents.</summary>
internal static class WriteParameters
{
    private static readonly Parameter<string?> Pipeline = P.Text("pipeline", null, ParameterPlace.Query, "There are no pipelines: only `_none`.") with
    {
        Rule = value => value is "_none" or "" ? null : $"[{value}] cannot be used: there are no ingest pipelines; transform documents in the shipper",
    };

    private static readonly Parameter<bool> RequireAlias = P.Boolean("require_alias", false, ParameterPlace.Query, "There are no aliases: only `false`.");

    public static Parameter<string?> Source { get; } = P.Text("_source", null, ParameterPlace.Query, "Accepted; the answer never has the document.");

    public static IReadOnlyList<ApiParameter> All { get; } =
    [
        P.Text("refresh", null, ParameterPlace.Query, "Accepted; a document that was acknowledged is found at once."),
        P.Duration("timeout", "1m", ParameterPlace.Query, "Accepted; the answer comes when the documents are durable."),
        P.Text("wait_for_active_shards", null, ParameterPlace.Query, "Accepted; there are no shards."),
        P.Text("routing", null, ParameterPlace.Query, "Accepted; there are no shards."),
        Pipeline,
        RequireAlias,
    ];

    public static void Check(ApiCall call)
    {
        if (call.Get(RequireAlias)) throw Errors.ApiException.IllegalArgument("[require_alias] in the query: there are no aliases; leave it out");
    }
}
