using System.Globalization;
using System.Text;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Benchmarks;

/// <summary>The jobs that are measured: two detectors over two hosts, buckets of a minute.</summary>
internal static class SampleJobs
{
    private const long Start = 1_748_822_400;
    private const int RecordsOfABatch = 60;
    private const int SecondsOfABatch = 180;

    // Sorted, as a wildcard finds them.
    public static string[] Ids(int count) => [.. Enumerable.Range(0, count).Select(Id).Order(StringComparer.Ordinal)];

    // Spread over the key space, as shards spread the jobs over time.
    public static string Id(int job) => ((uint)job * 2654435761u).ToString("x8", CultureInfo.InvariantCulture) + "-metrics";

    public static JobConfig Config(string jobId) => JobConfigReader.ReadPut(jobId, Encoding.UTF8.GetBytes(Json), JobLimits.Default, DateTimeOffset.UnixEpoch);

    /// <summary>The configuration as it is sent to a server.</summary>
    public const string Json =
        """
        {"analysis_config":{"bucket_span":"60s","influencers":["host"],
                            "detectors":[{"function":"mean","field_name":"value","partition_field_name":"host"},{"function":"count"}]},
         "data_description":{"time_format":"epoch"}}
        """;

    private static readonly BatchSchema Schema = Config("any").ToSettings().Schema;

    /// <summary>60 records over three buckets, later ones with every round.</summary>
    public static PostRecords Batch(string jobId, int round)
    {
        var (times, values, hosts) = (new long[RecordsOfABatch], new double[RecordsOfABatch], new int[RecordsOfABatch]);
        for (var i = 0; i < RecordsOfABatch; i++)
        {
            times[i] = Start + ((long)round * SecondsOfABatch) + (i * (SecondsOfABatch / RecordsOfABatch));
            hosts[i] = i % 2;
            values[i] = 100 + (10 * Math.Sin(times[i] / 7.0));
        }
        var columns = Schema.Fields.Select(f => f.Kind == FieldKind.Number ? Column.OfNumbers(values) : Column.OfText(hosts, ["a", "b"])).ToArray();
        var counts = new InputCounts { InputBytes = RecordsOfABatch * 40, InputFields = RecordsOfABatch * 2 };
        return new PostRecords(jobId, new RecordBatch(Schema, RecordsOfABatch, times, columns, counts), null, 0, Last: true);
    }

    /// <summary>Gives every job a batch and waits until all is analysed.</summary>
    public static async Task FeedAsync(ServerInProcess server, string[] ids, int round)
    {
        await server.AskEachAsync<PieceAccepted>(ids, id => Batch(id, round));
        await AnalysedAsync(server, ids);
    }

    /// <summary>Waits until the analysis of every job runs and has nothing to do.</summary>
    public static Task AnalysedAsync(ServerInProcess server, string[] ids) =>
        server.AskEachAsync<JobFlushedReply>(ids, id => new FlushJob(id, CalculateInterim: false, null, null, null, null));
}
