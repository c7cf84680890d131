using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MlActors.Node.Tests.Support;

namespace MlActors.Benchmarks.Clusters;

/// <summary>Many small jobs of a cluster, asked over HTTP, each request at the next node.</summary>
internal sealed class Crowd(RunningCluster cluster, int count)
{
    private const int AtATime = 64;
    private const string Path = "/_ml/anomaly_detectors/";
    private const long Start = 1_700_000_000;
    private const int RecordsOfAnUpload = 60;
    private const int SecondsBetween = 3;

    private int _next;

    public IReadOnlyList<string> Ids { get; } = [.. Enumerable.Range(0, count).Select(SampleJobs.Id)];

    /// <summary>A node, another one each time.</summary>
    public MlClient Next => cluster.Nodes[(int)((uint)Interlocked.Increment(ref _next) % (uint)cluster.Nodes.Count)].Client;

    public Task CreateAsync() => EachAsync(async job => Expect(await Next.PutAsync(job, SampleJobs.Json)));

    /// <summary>Opens all by one request.</summary>
    public async Task OpenAsync() => Expect(await Next.SendAsync(HttpMethod.Post, Path + "*/_open?timeout=10m"));

    /// <summary>Closes all by one request.</summary>
    public async Task CloseAsync() => Expect(await Next.SendAsync(HttpMethod.Post, Path + "*/_close?timeout=10m"));

    /// <summary>Gives each the records of three buckets, later ones with each upload, and waits until they are analysed.</summary>
    public Task FeedAsync(int upload) => EachAsync(async job =>
    {
        Expect(await Next.PostAsync(job, Text.Of($"upload-{upload}"), Records(upload)));
        Expect(await Next.SendAsync(HttpMethod.Post, Path + job + "/_flush"));
    });

    /// <summary>The jobs that each node runs, as one of them says.</summary>
    public async Task<ILookup<string, string>> OwnersAsync(MlClient asked) => Expect(await asked.SendAsync(HttpMethod.Get, Path + "*/_stats"))["jobs"]!.AsArray()
        .Where(job => (string?)job!["state"] == "opened").ToLookup(job => (string)job!["node"]!["id"]!, job => (string)job!["job_id"]!, StringComparer.Ordinal);

    public static string Records(int upload)
    {
        var text = new StringBuilder();
        for (var i = 0; i < RecordsOfAnUpload; i++)
        {
            var time = Start + (((long)upload * RecordsOfAnUpload) + i) * SecondsBetween;
            text.Append(Text.Of($"{{\"time\":{time},\"value\":{100 + (10 * Math.Sin(time / 7.0)):F3},\"host\":\"{(i % 2 == 0 ? "a" : "b")}\"}}\n"));
        }
        return text.ToString();
    }

    public static JsonNode Expect(Answer answer) =>
        answer.Status is HttpStatusCode.OK or HttpStatusCode.Accepted ? answer.Body : throw new InvalidOperationException(Text.Of($"{(int)answer.Status} {answer.Body.ToJsonString()}"));

    private Task EachAsync(Func<string, Task> work) =>
        Parallel.ForEachAsync(Ids, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (job, _) => await work(job));
}
