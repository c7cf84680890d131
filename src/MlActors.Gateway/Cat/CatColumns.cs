using System.Collections.Immutable;
using MlActors.Analysis.Results;
using MlActors.Gateway.Jobs;
using MlActors.Jobs;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using static MlActors.Gateway.Cat.ColumnsOf<MlActors.Gateway.Cat.CatRow>;

namespace MlActors.Gateway.Cat;

/// <summary>What a row of the table is made of.</summary>
internal sealed record CatRow(JobStats Stats, NodeIdentity? Node, long NowMs)
{
    public JobStatus Status => Stats.Status;
}

/// <summary>The columns of the table of jobs, in their order.</summary>
internal static class CatColumns
{
    private static readonly string[] DefaultNames =
        ["id", "state", "data.processed_records", "model.bytes", "model.memory_status", "forecasts.total", "buckets.count"];

    public static ImmutableArray<CatColumn<CatRow>> All { get; } =
    [
        Text("id", "", "the id of the job", row => row.Stats.Row.Config.JobId),
        Text("state", "s", "the state of the job", row => JobLifecycle.Name(row.Status.State)),
        Text("opened_time", "ot", "how long the job has been open", row => JobStatsDocument.OpenFor(row.Status, row.NowMs)),
        Text("assignment_explanation", "ae", "why the job is or is not on a node", row => JobStatsDocument.AssignmentExplanation(row.Status)),
        Number("data.processed_records", "dpr", "records given to the analysis", row => row.Status.Counts.ProcessedRecords),
        Number("data.processed_fields", "dpf", "fields given to the analysis", row => row.Status.Counts.ProcessedFields),
        Bytes("data.input_bytes", "dib", "bytes received", row => row.Status.Counts.InputBytes),
        Number("data.input_records", "dir", "records received", row => row.Status.Counts.InputRecords),
        Number("data.input_fields", "dif", "fields received", row => row.Status.Counts.InputFields),
        Number("data.invalid_dates", "did", "records without a readable time", row => row.Status.Counts.InvalidDates),
        Number("data.missing_fields", "dmf", "analysed fields that records lacked", row => row.Status.Counts.MissingFields),
        Number("data.out_of_order_timestamps", "doot", "records that came too late", row => row.Status.Counts.OutOfOrder),
        Number("data.empty_buckets", "deb", "buckets without a record", row => row.Status.Counts.EmptyBuckets),
        Number("data.sparse_buckets", "dsb", "buckets with few records", row => row.Status.Counts.SparseBuckets),
        Number("data.buckets", "db", "buckets seen", row => row.Status.Counts.Buckets),
        Date("data.earliest_record", "der", "time of the earliest record", row => row.Status.Counts.EarliestRecord * 1000),
        Date("data.latest_record", "dlr", "time of the latest record", row => row.Status.Counts.LatestRecord * 1000),
        Date("data.last", "dl", "when data came last", row => row.Status.Counts.LastDataTime),
        Date("data.last_empty_bucket", "dleb", "the latest empty bucket", row => row.Status.Counts.LatestEmptyBucket * 1000),
        Date("data.last_sparse_bucket", "dlsb", "the latest sparse bucket", row => row.Status.Counts.LatestSparseBucket * 1000),
        Bytes("model.bytes", "mb", "size of the models", row => row.Status.Size.ModelBytes),
        Text("model.memory_status", "mms", "whether the models keep within their limit", row => ModelSizeDocument.NameOf(row.Status.Size.MemoryStatus)),
        Bytes("model.bytes_exceeded", "mbe", "how far the limit was exceeded", row => row.Status.Size.ModelBytesExceeded),
        Text("model.memory_limit", "mml", "the limit of the models", row => row.Stats.Row.Config.AnalysisLimits.ModelMemoryLimit),
        Number("model.by_fields", "mbf", "values of by fields", row => row.Status.Size.TotalByFieldCount),
        Number("model.over_fields", "mof", "values of over fields", row => row.Status.Size.TotalOverFieldCount),
        Number("model.partition_fields", "mpf", "values of partition fields", row => row.Status.Size.TotalPartitionFieldCount),
        Number("model.bucket_allocation_failures", "mbaf", "buckets in which the limit kept new series out", row => row.Status.Size.BucketAllocationFailures),
        Text("model.categorization_status", "mcs", "state of the categorization", row => ModelSizeDocument.NameOf(row.Status.Size.Categorization.Status)),
        Number("model.categorized_doc_count", "mcdc", "records categorized", row => row.Status.Size.Categorization.CategorizedDocuments),
        Number("model.total_category_count", "mtcc", "categories", row => row.Status.Size.Categorization.TotalCategories),
        Number("model.frequent_category_count", "", "frequent categories", row => row.Status.Size.Categorization.FrequentCategories),
        Number("model.rare_category_count", "mrcc", "rare categories", row => row.Status.Size.Categorization.RareCategories),
        Number("model.dead_category_count", "mdcc", "dead categories", row => row.Status.Size.Categorization.DeadCategories),
        Number("model.failed_category_count", "mfcc", "failed categories", row => row.Status.Size.Categorization.FailedCategories),
        Date("model.log_time", "mlt", "when the size was measured", row => row.Status.SizeLogTime),
        Date("model.timestamp", "mt", "the bucket at which the size was measured", row => row.Status.Size.Timestamp * 1000),
        Number("forecasts.total", "ft", "forecasts", row => row.Stats.Forecasts.Total),
        .. Summary("forecasts.memory", "fm", CatType.Bytes, "memory of a forecast", row => row.Stats.Forecasts.Memory),
        .. Summary("forecasts.records", "fr", CatType.Number, "points of a forecast", row => row.Stats.Forecasts.Records),
        .. Summary("forecasts.time", "ft", CatType.Time, "time that a forecast took", row => row.Stats.Forecasts.ProcessingMs),
        Text("node.id", "ni", "id of the node that runs the job", row => row.Node?.Id),
        Text("node.name", "nn", "name of the node that runs the job", row => row.Node?.Name),
        Text("node.ephemeral_id", "ne", "id of that node's process", row => row.Node?.EphemeralId),
        Text("node.address", "na", "address of that node", row => row.Node?.TransportAddress),
        Number("buckets.count", "bc", "buckets analysed", row => row.Status.Timing.BucketCount),
        Time("buckets.time.total", "btt", "time that all buckets took", row => row.Status.Timing.TotalMs),
        Time("buckets.time.min", "btmin", "time of the quickest bucket", row => row.Status.Timing.MinimumMs),
        Time("buckets.time.max", "btmax", "time of the slowest bucket", row => row.Status.Timing.MaximumMs),
        Time("buckets.time.exp_avg", "btea", "exponential average time of a bucket", row => row.Status.Timing.ExponentialAverageMs),
        Time("buckets.time.exp_avg_hour", "bteah", "exponential average time of an hour of data", row => row.Status.Timing.ExponentialAveragePerHourMs),
    ];

    public static ImmutableArray<CatColumn<CatRow>> Default { get; } = [.. DefaultNames.Select(name => All.First(column => column.Name == name))];

    // Nothing is shown of a job without forecasts. Sizes and numbers are whole.
    private static IEnumerable<CatColumn<CatRow>> Summary(string name, string alias, CatType type, string what, Func<CatRow, FigureSummary?> figure)
    {
        return [Part("min", f => f.Min), Part("max", f => f.Max), Part("avg", f => f.Avg), Part("total", f => f.Total)];

        CatColumn<CatRow> Part(string part, Func<FigureSummary, double> value) => new($"{name}.{part}", [alias + part], type, $"{part} {what}",
            row => figure(row) is { } summary ? Whole(value(summary)) : null);

        IComparable Whole(double number) => type == CatType.Time ? number : (IComparable)(long)Math.Round(number);
    }
}
