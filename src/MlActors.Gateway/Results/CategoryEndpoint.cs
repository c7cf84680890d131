using System.Globalization;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Results;

namespace MlActors.Gateway.Results;

/// <summary>The categories into which the texts of a job were sorted.</summary>
public static class CategoryEndpoint
{
    private static readonly Parameter<string?> PartitionFieldValue = Parameters.Text("partition_field_value", null, ParameterPlace.Query,
        "Only the categories of one partition, where each has its own.");

    public static ApiEndpoint Endpoint { get; } = new("ml.get_categories", ["GET", "POST"],
        ["/_ml/anomaly_detectors/{job_id}/results/categories", "/_ml/anomaly_detectors/{job_id}/results/categories/{category_id}"], Privileges.MonitorMl,
        "cluster:monitor/xpack/ml/job/results/categories/get", "The categories of a job in order of id, or one of them.", GetAsync)
    {
        Body = BodyKind.Arguments,
        Parameters = [Parameters.From, Parameters.Size, Parameters.PageObject, PartitionFieldValue],
    };

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var (from, size) = call.Page();
        var id = ReadId(call);
        await call.RequireJobAsync();
        var page = await call.Services.Results.QueryCategoriesAsync(new CategoryQuery(call.JobId, id, call.Get(PartitionFieldValue), from, size));
        if (id is not null && page.Count == 0) throw ApiException.NotFound($"job [{call.JobId}] has no category with the id [{id}]");
        return page.AsResult("categories", call.Aborted);
    }

    private static long? ReadId(ApiCall call)
    {
        if (call.Path("category_id") is not { } text) return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id < 1)
            throw ApiException.IllegalArgument($"[{text}] is no id of a category: ids are whole numbers from 1");
        foreach (var parameter in new ApiParameter[] { Parameters.From, Parameters.Size, Parameters.PageObject }.Where(call.Has))
            throw ApiException.IllegalArgument($"[{parameter.Name}] cannot be given together with the id of one category in the path");
        return id;
    }
}
