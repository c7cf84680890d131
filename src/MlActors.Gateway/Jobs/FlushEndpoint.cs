using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Lifecycle;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Jobs;

/// <summary>Flushing a job, with its rules on times.</summary>
internal static class FlushEndpoint
{
    private static readonly Parameter<bool> CalcInterim = P.Boolean("calc_interim", false, ParameterPlace.Both,
        "Writes provisional results of the buckets that are not finished.");

    private static readonly Parameter<long?> Start =
        P.Date("start", ParameterPlace.Both, "With `calc_interim`: start of the range of provisional results, inclusive.");

    private static readonly Parameter<long?> End = P.Date("end", ParameterPlace.Both, "With `calc_interim`: end of the range of provisional results.");

    private static readonly Parameter<long?> AdvanceTime = P.Date("advance_time", ParameterPlace.Both,
        "Takes time to have moved on to here: the buckets before it are finished.");

    private static readonly Parameter<long?> SkipTime = P.Date("skip_time", ParameterPlace.Both,
        "Jumps to the next border of a bucket from here, without results and without learning.");

    public static ImmutableArray<ApiParameter> Parameters { get; } = [CalcInterim, Start, End, AdvanceTime, SkipTime];

    public static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var (start, end, advance, skip) = (Seconds(call, Start), Seconds(call, End), Seconds(call, AdvanceTime), Seconds(call, SkipTime));
        if (!call.Get(CalcInterim) && (start ?? end) is not null)
            throw ApiException.IllegalArgument("[start] and [end] need [calc_interim] to be true");
        if (end is not null && start is null) throw ApiException.IllegalArgument("[end] is given without [start]; give both");
        if (end < start) throw ApiException.IllegalArgument("[end] must not be before [start]");
        if (advance <= skip) throw ApiException.IllegalArgument("[advance_time] must be later than [skip_time]");
        var flushed = await call.AskAsync<JobFlushedReply>(
            new FlushJob(call.JobId, call.Get(CalcInterim), start, end, advance, skip), call.Services.Options.LongCommandTimeout);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("flushed", true);
            if (flushed.LastFinalizedBucketEnd is { } last) json.WriteNumber("last_finalized_bucket_end", last * 1000);
            json.WriteEndObject();
        });
    }

    // Times are cut to whole seconds before they are compared, as the analysis knows no smaller ones.
    private static long? Seconds(ApiCall call, Parameter<long?> parameter) => call.Get(parameter) is { } ms ? DataEndpoint.FloorToSeconds(ms) : null;
}
