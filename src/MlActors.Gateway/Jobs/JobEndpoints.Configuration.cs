using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Datafeeds;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Jobs;

public static partial class JobEndpoints
{
    private static async Task<ApiResult> PutAsync(ApiCall call)
    {
        var body = StrictJson.ReadObject(call.Body.Span);
        var config = ReadConfig(call, call.JobId, body);
        await RequireFreeNamesAsync(call, config);
        var datafeed = body.TryGetProperty("datafeed_config", out var given) ? DatafeedReader.ReadInJob(given, config, call.Services.Sources) : null;
        if (datafeed is not null) await DatafeedEndpoints.RequireFreeIdAsync(call, datafeed);
        await call.AskAsync<Done>(new CreateJob(config, datafeed), call.Services.Options.CommandTimeout);
        return ApiResult.Json(json => JobConfigJson.WriteApi(json, config, status: null, excludeGenerated: false, datafeed));
    }

    private static async Task<ApiResult> UpdateAsync(ApiCall call)
    {
        var update = JobUpdate.Read(call.JobId, call.Body.Span, call.Services.Options.JobLimits);
        var job = await call.RequireJobAsync();
        foreach (var group in update.Groups ?? []) await RequireFreeGroupAsync(call, group, call.JobId);
        if (job.Status.State is JobState.Opening or JobState.Opened)
            await RequireFiltersAsync(call, JobContext.FiltersOf(update.Detectors.SelectMany(detector => detector.Rules ?? [])));
        var updated = await call.AskAsync<JobUpdatedReply>(new UpdateJob(call.JobId, update), call.Services.Options.CommandTimeout);
        return ApiResult.Json(json => JobConfigJson.WriteApi(json, updated.Row.Config, updated.Row.Status, excludeGenerated: false, updated.Row.Datafeed));
    }

    private static Task<ApiResult> ValidateAsync(ApiCall call)
    {
        ReadConfig(call, urlJobId: null, StrictJson.ReadObject(call.Body.Span));
        return Task.FromResult(ApiResult.Acknowledged());
    }

    private static Task<ApiResult> ValidateDetectorAsync(ApiCall call)
    {
        JobConfigReader.ReadDetector(call.Body.Span);
        return Task.FromResult(ApiResult.Acknowledged());
    }

    private static JobConfig ReadConfig(ApiCall call, string? urlJobId, JsonElement body) =>
        JobConfigReader.ReadPut(urlJobId, body, call.Services.Options.JobLimits, call.Services.Time.GetUtcNow());

    // Ids and group names are one space of names. The owner of the id makes sure that only one job has it.
    private static async Task RequireFreeNamesAsync(ApiCall call, JobConfig config)
    {
        var (isJob, isGroup) = await call.Services.Catalog.NameTakenAsync(config.JobId);
        if (isJob) throw Taken($"a job with the id [{config.JobId}] exists already");
        if (isGroup) throw Taken($"the id [{config.JobId}] is the name of a group; choose another id");
        foreach (var group in config.Groups) await RequireFreeGroupAsync(call, group, config.JobId);
    }

    private static async Task RequireFreeGroupAsync(ApiCall call, string group, string jobId)
    {
        if (group == jobId || (await call.Services.Catalog.NameTakenAsync(group)).IsJob)
            throw Taken($"the group [{group}] has the name of a job; choose another name for the group");
    }

    // A closed job may name filters that come later; opening it asks for them. What is deleted, or the job opened, in this very moment is found missing by the
    // job, which leaves the rule out until the filter is there.
    private static async Task RequireFiltersAsync(ApiCall call, ImmutableArray<string> filterIds)
    {
        if (filterIds.IsEmpty) return;
        var missing = filterIds.Except(await call.Services.Contexts.ListFilterIdsAsync(), StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            throw ApiException.NotFound($"no filter has the id [{string.Join(',', missing)}], which [custom_rules] name in [scope]; create it first");
    }

    private static ApiException Taken(string reason) => new(400, ErrorTypes.AlreadyExists, reason);
}
