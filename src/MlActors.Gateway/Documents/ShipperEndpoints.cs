using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>
/// What shippers ask for before they send the first document. The licence is answered, as some refuse to work without. Templates, life cycle policies and
/// pipelines do not exist here: asking for one is a 404, putting one is a 400 that says what to do instead; none of it is taken without being obeyed.
/// </summary>
public static class ShipperEndpoints
{
    private static readonly string[] Absent =
    [
        "/_index_template/{name}", "/_component_template/{name}", "/_template/{name}", "/_ilm/policy/{name}", "/_ingest/pipeline/{name}", "/_alias/{name}", "/_data_stream/{name}",
    ];

    private static readonly Parameter<bool> AcceptEnterprise = P.Boolean("accept_enterprise", false, ParameterPlace.Query, "Accepted.");
    private static readonly Parameter<bool> Local = P.Boolean("local", false, ParameterPlace.Query, "Accepted.");
    private static readonly Parameter<string[]> Categories = P.List("categories", "", ParameterPlace.Query, "Accepted.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("license.get", ["GET"], ["/_license"], null, "cluster:monitor/xpack/license/get", "Says `active`, which is what shippers ask for; this server needs no licence key.",
            _ => Task.FromResult(ApiResult.Json(WriteLicense)))
        {
            Parameters = [AcceptEnterprise, Local],
        },
        new("xpack.info", ["GET"], ["/_xpack"], null, "cluster:monitor/xpack/info", "The features there are, as shippers and clients ask for them.",
            _ => Task.FromResult(ApiResult.Json(WriteFeatures)))
        {
            Parameters = [AcceptEnterprise, Categories],
        },
        new("templates.get", ["GET", "HEAD"], [.. Absent], null, "indices:admin/index_template/get", "There are no templates, policies, pipelines, aliases or data streams: 404.",
            call => throw ApiException.NotFound($"[{call.Http.Request.Path}] does not exist: {Instead}"))
        {
            Parameters = Lenient,
        },
        new("templates.put", ["PUT", "POST", "DELETE"], [.. Absent], null, "indices:admin/index_template/put", "Refused with what to do instead: " + Instead + ".",
            call => throw ApiException.IllegalArgument($"[{call.Http.Request.Method} {call.Http.Request.Path}] is not supported: {Instead}"))
        {
            Body = BodyKind.OptionalJson,
            Parameters = Lenient,
        },
    ];

    private const string Instead =
        "create indices with their mappings and [index.retention] by PUT /{index}, or let the first document create them, and switch template, ILM and pipeline management off in the shipper";

    private static IReadOnlyList<ApiParameter> Lenient =>
    [
        P.Duration("timeout", "30s", ParameterPlace.Query, "Of no effect."), P.Duration("master_timeout", "30s", ParameterPlace.Query, "Of no effect."),
        P.Boolean("create", false, ParameterPlace.Query, "Of no effect."), P.Boolean("flat_settings", false, ParameterPlace.Query, "Of no effect."),
        P.Boolean("include_type_name", false, ParameterPlace.Query, "Of no effect."), P.Integer("order", 0, ParameterPlace.Query, "Of no effect."), Local,
    ];

    private static void WriteLicense(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("license");
        json.WriteString("status", "active");
        json.WriteString("uid", "00000000-0000-0000-0000-000000000000");
        // What shippers look at; all that this server has is free.
        json.WriteString("type", "basic");
        json.WriteString("issued_to", "mlactors");
        json.WriteString("issuer", "mlactors");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFeatures(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("license");
        json.WriteString("mode", "basic");
        json.WriteString("status", "active");
        json.WriteString("type", "basic");
        json.WriteEndObject();
        json.WriteStartObject("features");
        foreach (var (name, enabled) in new[] { ("ilm", false), ("ml", true), ("monitoring", false), ("security", true) })
        {
            json.WriteStartObject(name);
            json.WriteBoolean("available", enabled);
            json.WriteBoolean("enabled", enabled);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteString("tagline", "Every job an actor, every anomaly a record");
        json.WriteEndObject();
    }
}
