using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Documents.Indices;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>Indices: creating, looking at, changing and deleting them.</summary>
public static class IndexEndpoints
{
    private const string One = "/{index}";

    private static readonly Parameter<TimeSpan> Timeout = P.Duration("timeout", "30s", ParameterPlace.Query, "Accepted; the answer comes when it is done.");
    private static readonly Parameter<TimeSpan> MasterTimeout = P.Duration("master_timeout", "30s", ParameterPlace.Query, "Accepted; there is no master to wait for.");
    private static readonly Parameter<string?> WaitForShards = P.Text("wait_for_active_shards", null, ParameterPlace.Query, "Accepted; there are no shards.");
    private static readonly Parameter<bool> IncludeDefaults = P.Boolean("include_defaults", false, ParameterPlace.Query, "Accepted; every setting that matters is shown.");
    private static readonly Parameter<bool> FlatSettings = P.Boolean("flat_settings", false, ParameterPlace.Query, "Shows settings with dotted names.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("indices.create", ["PUT"], [One], null, "indices:admin/create", "Creates an index of documents.", CreateAsync)
        {
            IndexPrivilege = IndexPrivileges.CreateIndex,
            Body = BodyKind.OptionalJson,
            BodyDoc = "`mappings`, whose `date` property is the time field (of several: `@timestamp`, else that of the setting `index.time_field`), and `settings`: " +
                "`index.retention` (a duration such as `30d`; without it the server's default) and any others, which are kept and have no effect.",
            Parameters = [Timeout, MasterTimeout, WaitForShards],
        },
        new("indices.get", ["GET"], [One], null, "indices:admin/get", "Mappings and settings of indices.", GetAsync)
        {
            IndexPrivilege = IndexPrivileges.ViewMetadata,
            Parameters = [.. IndexNames.Parameters, MasterTimeout, IncludeDefaults, FlatSettings],
        },
        new("indices.exists", ["HEAD"], [One], null, "indices:admin/exists", "Whether indices exist: 200 or 404.", ExistsAsync)
        {
            IndexPrivilege = IndexPrivileges.ViewMetadata,
            Parameters = IndexNames.Parameters,
        },
        new("indices.delete", ["DELETE"], [One], null, "indices:admin/delete", "Deletes indices with their documents; wildcards must be asked for by name.", DeleteAsync)
        {
            IndexPrivilege = IndexPrivileges.DeleteIndex,
            Parameters = [.. IndexNames.Parameters, Timeout, MasterTimeout],
        },
        new("indices.get_mapping", ["GET"], ["/_mapping", One + "/_mapping"], null, "indices:admin/mappings/get", "Mappings of indices.", GetMappingAsync)
        {
            IndexPrivilege = IndexPrivileges.ViewMetadata,
            Parameters = [.. IndexNames.Parameters, MasterTimeout],
        },
        new("indices.get_settings", ["GET"], ["/_settings", One + "/_settings"], null, "indices:monitor/settings/get", "Settings of indices.", GetSettingsAsync)
        {
            IndexPrivilege = IndexPrivileges.ViewMetadata,
            Parameters = [.. IndexNames.Parameters, MasterTimeout, IncludeDefaults, FlatSettings],
        },
        new("indices.put_settings", ["PUT"], [One + "/_settings"], null, "indices:admin/settings/update", "Changes settings of indices; null puts one back.", PutSettingsAsync)
        {
            IndexPrivilege = IndexPrivileges.Manage,
            Body = BodyKind.Json,
            BodyDoc = "Settings, such as `{\"index.retention\": \"30d\"}`; `index.time_field` cannot be changed.",
            Parameters = [.. IndexNames.Parameters, Timeout, MasterTimeout],
        },
        new("indices.refresh", ["GET", "POST"], ["/_refresh", One + "/_refresh"], null, "indices:admin/refresh",
            "Does nothing: a document that was acknowledged is found at once.", RefreshAsync)
        {
            IndexPrivilege = IndexPrivileges.Maintenance,
            Parameters = IndexNames.Parameters,
        },
    ];

    /// <summary>A name that no other index has or had.</summary>
    internal static string NewUuid() => Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static async Task<ApiResult> CreateAsync(ApiCall call)
    {
        var name = IndexNames.One(call);
        using var body = call.Body.IsEmpty ? null : call.ParseBody();
        var definition = IndexDefinitionReader.Read(name, NewUuid(), body?.RootElement, call.Services.NowMs);
        var (index, created) = await call.Services.Documents.CreateIndexAsync(definition);
        if (!created) throw new ApiException(400, ErrorTypes.AlreadyExists, $"index [{name}/{index.Definition.Uuid}] already exists");
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("acknowledged", true);
            json.WriteBoolean("shards_acknowledged", true);
            json.WriteString("index", name);
            json.WriteEndObject();
        });
    }

    private static Task<ApiResult> GetAsync(ApiCall call) => ListAsync(call, (json, index) =>
    {
        json.WriteStartObject("aliases");
        json.WriteEndObject();
        WriteMappings(json, index);
        WriteSettings(json, index, call.Get(FlatSettings));
    });

    private static Task<ApiResult> GetMappingAsync(ApiCall call) => ListAsync(call, WriteMappings);

    private static Task<ApiResult> GetSettingsAsync(ApiCall call) => ListAsync(call, (json, index) => WriteSettings(json, index, call.Get(FlatSettings)));

    private static async Task<ApiResult> ListAsync(ApiCall call, Action<Utf8JsonWriter, IndexInfo> write)
    {
        var indices = await IndexNames.ResolveAsync(call);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            foreach (var index in indices)
            {
                json.WriteStartObject(index.Name);
                write(json, index);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> ExistsAsync(ApiCall call) =>
        await IndexNames.ResolveAsync(call) is { Count: > 0 } ? ApiResult.Text("") : throw IndexNames.Missing(call.Path("index")!);

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var expression = call.Path("index")!;
        // One keystroke must not empty the store.
        if (expression is "_all" or "*") throw ApiException.IllegalArgument($"[{expression}] would delete every index; name them, or use a wildcard with a beginning such as [logs-*]");
        foreach (var index in await IndexNames.ResolveAsync(call)) await call.Services.Documents.DeleteIndexAsync(index.Number);
        return ApiResult.Acknowledged();
    }

    private static async Task<ApiResult> PutSettingsAsync(ApiCall call)
    {
        using var body = call.ParseBody();
        foreach (var index in await IndexNames.ResolveAsync(call))
        {
            if (!await call.Services.Documents.UpdateIndexAsync(index.Number, IndexDefinitionReader.WithSettings(index.Definition, body.RootElement)))
                throw IndexNames.Missing(index.Name);
        }
        return ApiResult.Acknowledged();
    }

    private static async Task<ApiResult> RefreshAsync(ApiCall call)
    {
        var indices = await IndexNames.ResolveAsync(call);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            Shards.Write(json, indices.Count);
            json.WriteEndObject();
        });
    }

    private static void WriteMappings(Utf8JsonWriter json, IndexInfo index)
    {
        json.WritePropertyName("mappings");
        json.WriteRawValue(index.Definition.Mappings);
    }

    private static void WriteSettings(Utf8JsonWriter json, IndexInfo index, bool flat)
    {
        using var given = JsonDocument.Parse(index.Definition.Settings);
        var texts = given.RootElement.EnumerateObject().ToDictionary(setting => setting.Name["index.".Length..], setting => setting.Value.Clone(), StringComparer.Ordinal);
        json.WriteStartObject("settings");
        if (!flat) json.WriteStartObject("index");
        var prefix = flat ? "index." : "";
        foreach (var (name, value) in texts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (name is "time_field" or "uuid" or "creation_date" or "provided_name") continue;
            json.WritePropertyName(prefix + name);
            // Settings are texts, whatever they were written as.
            if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) json.WriteStringValue(value.GetRawText());
            else value.WriteTo(json);
        }
        if (index.Definition.TimeField is { } timeField) json.WriteString(prefix + "time_field", timeField);
        json.WriteString(prefix + "creation_date", index.Definition.CreatedMs.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString(prefix + "provided_name", index.Name);
        json.WriteString(prefix + "uuid", index.Definition.Uuid);
        if (!flat) json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>There are no shards; clients expect to read of them.</summary>
internal static class Shards
{
    public static void Write(Utf8JsonWriter json, int total, bool skipped = false)
    {
        json.WriteStartObject("_shards");
        json.WriteNumber("total", total);
        json.WriteNumber("successful", total);
        if (skipped) json.WriteNumber("skipped", 0);
        json.WriteNumber("failed", 0);
        json.WriteEndObject();
    }
}
