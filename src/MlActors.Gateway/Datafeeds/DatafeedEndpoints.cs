using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Security;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Datafeeds;

/// <summary>The configuration of datafeeds and their existence.</summary>
public static class DatafeedEndpoints
{
    private const string One = "/_ml/datafeeds/{datafeed_id}";

    private static readonly Parameter<bool> ExcludeGenerated = Parameters.Boolean("exclude_generated", false, ParameterPlace.Query,
        "Leaves out what the server filled in, so that the answer can be used to create the same datafeed elsewhere.");

    private static readonly Parameter<bool> Force = Parameters.Boolean("force", false, ParameterPlace.Query, "Stops the datafeed first.");

    /// <summary>Which indices to expect: what is missing is always said when the datafeed reads it.</summary>
    internal static ImmutableArray<ApiParameter> IndexParameters { get; } =
    [
        Parameters.Boolean("allow_no_indices", true, ParameterPlace.Query, "Accepted; an index that is missing is said when it is read."),
        Parameters.Text("expand_wildcards", "open", ParameterPlace.Query, "Accepted; wildcards stand for all indices."),
        Parameters.Boolean("ignore_throttled", true, ParameterPlace.Query, "Accepted; there are no throttled indices."),
        Parameters.Boolean("ignore_unavailable", false, ParameterPlace.Query, "Accepted; an index that is missing is said when it is read."),
    ];

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.put_datafeed", ["PUT"], [One], Privileges.ManageMl, "cluster:admin/xpack/ml/datafeeds/put",
            "Creates a datafeed for a job. It is stopped.", PutAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "the configuration of the datafeed with its `job_id`; unknown fields are refused, and all problems are reported at once.",
            Parameters = IndexParameters,
        },
        new("ml.get_datafeeds", ["GET"], ["/_ml/datafeeds", One], Privileges.MonitorMl, "cluster:monitor/xpack/ml/datafeeds/get",
            "The configurations of the datafeeds of an expression, sorted by id.", GetAsync)
        {
            Parameters = [DatafeedResolution.AllowNoMatch, ExcludeGenerated],
        },
        new("ml.update_datafeed", ["POST"], [One + "/_update"], Privileges.ManageMl, "cluster:admin/xpack/ml/datafeeds/update",
            "Changes the given fields of a stopped datafeed and answers with all of it.", UpdateAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "the fields to change.",
            Parameters = IndexParameters,
        },
        new("ml.delete_datafeed", ["DELETE"], [One], Privileges.ManageMl, "cluster:admin/xpack/ml/datafeeds/delete", "Deletes a datafeed. Its job stays.", DeleteAsync)
        {
            Parameters = [Force],
        },
    ];

    private static async Task<ApiResult> PutAsync(ApiCall call)
    {
        var id = DatafeedResolution.IdOf(call);
        var jobId = DatafeedReader.JobIdOf(call.Body.Span) ?? throw ApiException.IllegalArgument("[job_id] is required: name the job that the datafeed is for");
        var job = await call.Services.Catalog.FindAsync(jobId) ?? throw ApiException.NotFound($"no job with id [{jobId}] exists; create it first");
        var config = DatafeedReader.ReadPut(id, call.Body.Span, job.Config, call.Services.Sources);
        await RequireFreeIdAsync(call, config);
        await call.AskAsync<Done>(new PutDatafeed(config), call.Services.Options.CommandTimeout);
        return ApiResult.Json(json => DatafeedJson.WriteApi(json, config, excludeGenerated: false));
    }

    /// <summary>That a job has one datafeed only, its owner sees to; that an id stands for one only, this does, and in the last moment the store.</summary>
    /// <exception cref="ApiException">400: the id is taken.</exception>
    internal static async Task RequireFreeIdAsync(ApiCall call, DatafeedConfig config)
    {
        if ((await call.Services.Catalog.ListDatafeedsAsync([config.DatafeedId])) is [{ } taken] && taken.Config.JobId != config.JobId)
            throw new ApiException(400, ErrorTypes.AlreadyExists, $"a datafeed with the id [{config.DatafeedId}] exists already, for job [{taken.Config.JobId}]");
    }

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var rows = await DatafeedResolution.ResolveAsync(call, call.Path("datafeed_id"), call.Get(DatafeedResolution.AllowNoMatch));
        return ApiResult.Stream(async output =>
        {
            output.Json.WriteStartObject();
            output.Json.WriteNumber("count", rows.Count);
            output.Json.WriteStartArray("datafeeds");
            foreach (var row in rows)
            {
                DatafeedJson.WriteApi(output.Json, row.Config, call.Get(ExcludeGenerated));
                await output.FlushIfFullAsync(call.Aborted);
            }
            output.Json.WriteEndArray();
            output.Json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> UpdateAsync(ApiCall call)
    {
        var row = await DatafeedResolution.RequireAsync(call);
        var command = new UpdateDatafeed(row.Config.JobId, row.Config.DatafeedId, call.Body.ToArray());
        var updated = await call.AskAsync<DatafeedReply>(command, call.Services.Options.CommandTimeout);
        return ApiResult.Json(json => DatafeedJson.WriteApi(json, updated.Config, excludeGenerated: false));
    }

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var row = await DatafeedResolution.RequireAsync(call);
        await call.AskAsync<Done>(new DeleteDatafeed(row.Config.JobId, row.Config.DatafeedId, call.Get(Force)), call.Services.Options.CommandTimeout);
        return ApiResult.Acknowledged();
    }
}
