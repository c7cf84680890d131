using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Contexts;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Contexts;

namespace MlActors.Gateway.Filters;

/// <summary>Filters: lists of values that the rules of detectors refer to.</summary>
public static class FilterEndpoints
{
    private const string Many = "/_ml/filters";
    private const string One = Many + "/{filter_id}";
    private const string What = "filter";

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.put_filter", ["PUT"], [One], Privileges.ManageMl, "cluster:admin/xpack/ml/filters/put", "Creates a filter.", PutAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "`items`, at most 10,000 values, of which a `*` at the beginning or end stands for any characters; `description`.",
        },
        new("ml.get_filters", ["GET"], [Many, One], Privileges.ManageMl, "cluster:admin/xpack/ml/filters/get",
            "The filters of a list of ids and wildcards, or all, sorted by id.", GetAsync)
        {
            Parameters = [Parameters.From, Parameters.Size],
        },
        new("ml.update_filter", ["POST"], [One + "/_update"], Privileges.ManageMl, "cluster:admin/xpack/ml/filters/update",
            "Changes a filter and answers with all of it. Open jobs whose rules name it obey it from the next bucket on.", UpdateAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "`add_items`, `remove_items` (all must be there), `description`.",
        },
        new("ml.delete_filter", ["DELETE"], [One], Privileges.ManageMl, "cluster:admin/xpack/ml/filters/delete",
            "Deletes a filter that no job uses.", DeleteAsync),
    ];

    private static string FilterId(ApiCall call) => call.Path("filter_id")!;

    private static async Task<ApiResult> PutAsync(ApiCall call)
    {
        var filter = FilterReader.ReadPut(FilterId(call), call.Body.Span);
        if (await call.Services.Contexts.AddFilterAsync(filter) == ContextChange.Exists)
            throw new ApiException(400, ErrorTypes.AlreadyExists, $"a filter with the id [{filter.FilterId}] exists already; change it with _update");
        // A job may have been told of it before it was there.
        await ContextNews.TellAsync(call, await call.Services.Contexts.JobsUsingFilterAsync(filter.FilterId));
        return ApiResult.Json(json => Write(json, filter));
    }

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var (from, size) = call.Page();
        var ids = IdExpression.Pick(What, await call.Services.Contexts.ListFilterIdsAsync(), call.Path("filter_id"));
        var filters = await call.Services.Contexts.ReadFiltersAsync([.. ids.Skip(from).Take(size)]);
        return ApiResult.Stream(async output =>
        {
            output.Json.WriteStartObject();
            output.Json.WriteNumber("count", ids.Count);
            output.Json.WriteStartArray("filters");
            foreach (var filter in filters)
            {
                Write(output.Json, filter);
                await output.FlushIfFullAsync(call.Aborted);
            }
            output.Json.WriteEndArray();
            output.Json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> UpdateAsync(ApiCall call)
    {
        var update = FilterReader.ReadUpdate(FilterId(call), call.Body.Span);
        switch (await call.Services.Contexts.UpdateFilterAsync(update))
        {
            case ContextChange.NotFound:
                throw IdExpression.NotFound(What, update.FilterId);
            case ContextChange.Missing:
                throw await NotInFilterAsync(call, update);
            case ContextChange.Full:
                throw ApiException.IllegalArgument(
                    $"[add_items] would give the filter [{update.FilterId}] more than {FilterConfig.MostItems} values, which is the most it can have");
        }
        await ContextNews.TellAsync(call, await call.Services.Contexts.JobsUsingFilterAsync(update.FilterId));
        var filter = (await call.Services.Contexts.ReadFiltersAsync([update.FilterId])).FirstOrDefault() ?? throw IdExpression.NotFound(What, update.FilterId);
        return ApiResult.Json(json => Write(json, filter));
    }

    private static async Task<ApiException> NotInFilterAsync(ApiCall call, FilterUpdate update)
    {
        var items = (await call.Services.Contexts.ReadFiltersAsync([update.FilterId])).SelectMany(filter => filter.Items);
        var missing = update.Remove.Except(items, StringComparer.Ordinal).Except(update.Add, StringComparer.Ordinal).Take(call.Services.Options.NamesShown);
        return ApiException.IllegalArgument(
            $"[remove_items] has [{string.Join(", ", missing)}], which the filter [{update.FilterId}] does not hold; nothing was changed");
    }

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var id = FilterId(call);
        switch (await call.Services.Contexts.DeleteFilterAsync(id))
        {
            case ContextChange.NotFound:
                throw IdExpression.NotFound(What, id);
            case ContextChange.InUse:
                var users = await call.Services.Contexts.JobsUsingFilterAsync(id);
                var shown = call.Services.Options.NamesShown;
                var more = users.Count > shown ? $" and {users.Count - shown} more" : "";
                throw ApiException.Conflict(
                    $"cannot delete filter [{id}] because jobs use it: [{string.Join(", ", users.Take(shown))}]{more}; take it out of their rules first");
        }
        return ApiResult.Acknowledged();
    }

    private static void Write(Utf8JsonWriter json, FilterConfig filter)
    {
        json.WriteStartObject();
        json.WriteString("filter_id", filter.FilterId);
        if (filter.Description is not null) json.WriteString("description", filter.Description);
        json.WriteStartArray("items");
        foreach (var item in filter.Items) json.WriteStringValue(item);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
