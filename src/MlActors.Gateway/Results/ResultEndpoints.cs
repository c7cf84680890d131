using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Results;

namespace MlActors.Gateway.Results;

/// <summary>The results of one job: buckets, records, influencers. All three are one query with other names.</summary>
public static class ResultEndpoints
{
    // One endpoint's own part: what it lists, how its list and its score are called, and how it is sorted by default.
    private sealed record Listing(ResultKind Kind, string ListName, Parameter<double> MinScore, Parameter<string?> Sort, Parameter<bool> Descending)
    {
        public IReadOnlyList<ApiParameter> Parameters => [MinScore, Sort, Descending, Api.Parameters.Start, Api.Parameters.End, Api.Parameters.ExcludeInterim,
            Api.Parameters.From, Api.Parameters.Size, Api.Parameters.PageObject];
    }

    private const int MaxRecordsOfBucket = Parameters.ResultWindow;

    private static readonly Listing Buckets = Declare(ResultKind.Bucket, "buckets", "anomaly_score", sort: "timestamp", descending: false);
    private static readonly Listing Records = Declare(ResultKind.Record, "records", "record_score", sort: "record_score", descending: true);
    private static readonly Listing Influencers = Declare(ResultKind.Influencer, "influencers", "influencer_score", sort: "influencer_score", descending: true);

    private static readonly Parameter<bool> Expand =
        Parameters.Boolean("expand", false, ParameterPlace.Both, "Adds to each bucket its records, most unusual first.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_buckets", ["GET", "POST"],
            ["/_ml/anomaly_detectors/{job_id}/results/buckets", "/_ml/anomaly_detectors/{job_id}/results/buckets/{timestamp}"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/results/buckets/get", "The buckets of a job, or the one at a timestamp.", BucketsAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Expand, .. Buckets.Parameters],
        },
        new("ml.get_records", ["GET", "POST"], ["/_ml/anomaly_detectors/{job_id}/results/records"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/results/records/get", "The records (single anomalies) of a job.", call => ListAsync(call, Records))
        {
            Body = BodyKind.Arguments,
            Parameters = Records.Parameters,
        },
        new("ml.get_influencers", ["GET", "POST"], ["/_ml/anomaly_detectors/{job_id}/results/influencers"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/results/influencers/get", "The influencers of a job.", call => ListAsync(call, Influencers))
        {
            Body = BodyKind.Arguments,
            Parameters = Influencers.Parameters,
        },
    ];

    private static Listing Declare(ResultKind kind, string listName, string score, string sort, bool descending) => new(
        kind,
        listName,
        Parameters.Number(score, 0, ParameterPlace.Both, "Lowest score, 0 to 100."),
        Parameters.Text("sort", sort, ParameterPlace.Both, SortDoc(kind)),
        Parameters.Boolean("desc", descending, ParameterPlace.Both, "Whether to sort from the highest to the lowest."));

    private static string SortDoc(ResultKind kind) =>
        $"The field to sort by, one of {string.Join(", ", ResultDocuments.SortFields(kind).Order(StringComparer.Ordinal))}.";

    private static async Task<ApiResult> ListAsync(ApiCall call, Listing listing)
    {
        var query = ReadQuery(call, listing);
        await call.RequireJobAsync();
        var page = await call.Services.Results.QueryAsync(query);
        return page.AsResult(listing.ListName, call.Aborted);
    }

    private static async Task<ApiResult> BucketsAsync(ApiCall call)
    {
        var query = call.Path("timestamp") is { } timestamp ? ReadSingle(call, timestamp) : ReadQuery(call, Buckets);
        await call.RequireJobAsync();
        var page = await call.Services.Results.QueryAsync(query);
        if (page.Count == 0 && call.Path("timestamp") is { } missing)
            throw ApiException.NotFound($"job [{call.JobId}] has no bucket with the timestamp [{missing}]");
        var expand = call.Get(Expand);
        return page.AsResult(Buckets.ListName, async (output, document) =>
        {
            if (expand) output.WriteDocument(await ExpandAsync(call, document));
            else output.WriteDocument(document.Span);
        }, call.Aborted);
    }

    private static ResultQuery ReadQuery(ApiCall call, Listing listing)
    {
        var (start, end) = call.Range();
        var sort = call.Get(listing.Sort)!;
        var known = ResultDocuments.SortFields(listing.Kind);
        if (!known.Contains(sort)) throw ArgumentReader.Unknown("field", sort, "in [sort]", known);
        var (from, size) = call.Page();
        return new ResultQuery(listing.Kind, call.JobId, call.Get(listing.MinScore), call.Get(Parameters.ExcludeInterim), start, end, from, size, sort,
            call.Get(listing.Descending));
    }

    private static ResultQuery ReadSingle(ApiCall call, string timestamp)
    {
        foreach (var parameter in Buckets.Parameters.Where(parameter => parameter != Parameters.ExcludeInterim && call.Has(parameter)))
            throw ApiException.IllegalArgument($"[{parameter.Name}] cannot be given together with the timestamp of one bucket in the path");
        if (ParameterKinds.Date.Read(timestamp, call.Services.Time.GetUtcNow(), out var at) is { } problem)
            throw ApiException.Parse($"[timestamp] in the path: {problem}");
        return new ResultQuery(ResultKind.Bucket, call.JobId, 0, call.Get(Parameters.ExcludeInterim), at, at + 1, 0, 1, "timestamp", false);
    }

    // The bucket's stored document with its records put in before the closing brace.
    private static async Task<byte[]> ExpandAsync(ApiCall call, ReadOnlyMemory<byte> bucket)
    {
        long timestamp;
        using (var document = JsonDocument.Parse(bucket)) timestamp = document.RootElement.GetProperty("timestamp").GetInt64();
        var records = await call.Services.Results.QueryAsync(new ResultQuery(ResultKind.Record, call.JobId, 0, call.Get(Parameters.ExcludeInterim),
            timestamp, timestamp + 1, 0, MaxRecordsOfBucket, "record_score", true));
        using var expanded = new MemoryStream();
        var end = bucket.Span.LastIndexOf((byte)'}');
        expanded.Write(bucket.Span[..end]);
        expanded.Write(",\"records\":["u8);
        for (var i = 0; i < records.Documents.Count; i++)
        {
            if (i > 0) expanded.WriteByte((byte)',');
            expanded.Write(records.Documents[i].Span);
        }
        expanded.Write("]}"u8);
        return expanded.ToArray();
    }
}
