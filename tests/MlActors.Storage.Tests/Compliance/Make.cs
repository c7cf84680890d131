using MlActors.Analysis.Categorization;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

/// <summary>Rows with the fields a test cares about; all others have some value.</summary>
internal static class Make
{
    public static JobConfig Config(string id, params string[] groups) => new()
    {
        JobId = id,
        Groups = [.. groups],
        CreateTime = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
        AnalysisConfig = new AnalysisConfig { BucketSpan = "5m", Detectors = [new DetectorConfig { Function = "mean", FieldName = "value" }] },
    };

    public static JobStatus Status(string id, JobState state = JobState.Closed, BlockedReason blocked = BlockedReason.None) =>
        new() { JobId = id, State = state, Blocked = blocked };

    public static StoreWrite[] Job(string id, JobState state = JobState.Closed, params string[] groups) =>
        [new PutConfig(Config(id, groups)), new PutStatus(Status(id, state))];

    public static AppendInput Input(string id, long seq, params byte[] payload) => new(id, seq, InputKind.Records, payload);

    public static ModelSnapshot Snapshot(string job, string id, long timestampMs = 1_000) => new()
    {
        JobId = job, SnapshotId = id, TimestampMs = timestampMs, Description = "taken by " + id, InputSeq = 7, Lineage = 2,
        LatestRecordTime = 100, LatestResultTime = 90, LastFinalizedBucketEnd = 95, ByWork = true, Retain = false,
        Size = new ModelSizeStats { ModelBytes = 5, PeakModelBytes = 6, MemoryStatus = MemoryStatus.SoftLimit, Timestamp = 60 },
    };

    public static CategoryDefinition Category(int id, string? partition = null, long matches = 1) => new(id, "disk full", ".*?disk.+?full.*", 30, ["disk is full"], matches, [])
    {
        PartitionFieldName = partition is null ? null : "host", PartitionFieldValue = partition,
    };

    public static BucketResult Bucket(
        long timestamp, double score = 0, bool interim = false, RecordResult[]? records = null, InfluencerResult[]? influencers = null) =>
        new(timestamp, 300, score, score / 4, 12, interim, [new BucketInfluencer("bucket_time", score, score / 2, 0.01)], records ?? [], influencers ?? []);

    public static RecordResult Record(double score, string partition = "p", int detector = 0, double probability = 0.001) => new(
        detector, "mean", "mean", "value", null, null, null, null, "host", partition, probability, score, 1.5, 60, [10.25], [99.5],
        [new Influence("host", [partition])], [], new ScoreExplanation("spike", 40, 10, 10.25, 9, 11));

    public static InfluencerResult Influencer(double score, string value = "web-1") => new("host", value, score, 0.02);

    public static WriteResults Results(string job, params BucketResult[] buckets) => new(job, buckets, [.. buckets.Select(_ => 1.0)]);
}
