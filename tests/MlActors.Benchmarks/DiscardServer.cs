using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MlActors.Ingest;

namespace MlActors.Benchmarks;

/// <summary>Takes uploads over HTTP and parses them as the server does, then drops the batches: what taking records costs at least.</summary>
internal static class DiscardServer
{
    public const string Name = "discard-server";

    public static async Task<int> RunAsync(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        await using var app = builder.Build();
        var schema = UploadBody.Config("any").ToSettings().Schema;
        app.MapGet("/", () => "ready");
        app.MapPost("/_ml/anomaly_detectors/{job}/_data", async http =>
        {
            long records = 0;
            await foreach (var batch in new RecordReader(schema, new RecordFormat("time")).ReadAsync(http.Request.BodyReader, http.RequestAborted)) records += batch.Count;
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            await http.Response.WriteAsync(Text.Of($"{{\"processed_record_count\":{records}}}"));
        });
        await app.RunAsync();
        return 0;
    }
}
