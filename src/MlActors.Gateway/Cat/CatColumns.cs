using System.Collections.Immutable;
using MlActors.Analysis.Results;
using MlActors.Gateway.Jobs;
using MlActors.Jobs;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;

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
        CatColumn.Text<CatRow>("id", "", "the id of the job", row => row.Stats.Row.Config.JobId),
        CatColumn.Text<CatRow>("state", "s", "the state of the job", row => JobLifecycle.Name(row.Status.State)),
        CatColumn.Text<CatRow>("opened_time", "ot", "how long the job has been open", row => JobStatsDocument.OpenFor(row.Status, row.NowMs)),
        CatColumn.Text<CatRow>("assignment_explanation", "ae", "why the job is or is not on a node", row => JobStatsDocument.AssignmentExplanation(row.Status)),
        CatColumn.Number<CatRow>("data.processed_records", "dpr", "records given to the analysis", row => row.Status.Counts.ProcessedRecords),
        CatColumn.Number<CatRow>("data.processed_fields", "dpf", "fields given to the analysis", row => row.Status.Counts.ProcessedFields),
        CatColumn.Bytes<CatRow>("data.input_bytes", "dib", "bytes received", row => row.Status.Counts.InputBytes),
        CatColumn.Number<CatRow>("data.input_records", "dir", "records received", row => row.Status.Counts.InputRecords),
        CatColumn.Number<CatRow>("data.input_fields", "dif", "fields received", row => row.Status.Counts.InputFields),
        CatColumn.Number<CatRow>("data.invalid_dates", "did", "records without a readable time", row => row.Status.Counts.InvalidDates),
        CatColumn.Number<CatRow>("data.missing_fields", "dmf", "analysed fields that records lacked", row => row.Status.Counts.MissingFields),
        CatColumn.Number<CatRow>("data.out_of_order_timestamps", "doot", "records that came too late", row => row.Status.Counts.OutOfOrder),
        CatColumn.Number<CatRow>("data.empty_buckets", "deb", "buckets without a record", row => row.Status.Counts.EmptyBuckets),
        CatColumn.Number<CatRow>("data.sparse_buckets", "dsb", "buckets with few records", row => row.Status.Counts.SparseBuckets),
        CatColumn.Number<CatRow>("data.buckets", "db", "buckets seen", row => row.Status.Counts.Buckets),
        CatColumn.Date<CatRow>("data.earliest_record", "der", "time of the earliest record", row => row.Status.Counts.EarliestRecord * 1000),
        CatColumn.Date<CatRow>("data.latest_record", "dlr", "time of the latest record", row => row.Status.Counts.LatestRecord * 1000),
        CatColumn.Date<CatRow>("data.last", "dl", "when data came last", row => row.Status.Counts.LastDataTime),
        CatColumn.Date<CatRow>("data.last_empty_bucket", "dleb", "the latest empty bucket", row => row.Status.Counts.LatestEmptyBucket * 1000),
        CatColumn.Date<CatRow>("data.last_sparse_bucket", "dlsb", "the latest sparse bucket", row => row.Status.Counts.LatestSparseBucket * 1000),
        CatColumn.Bytes<CatRow>("model.bytes", "mb", "size of the models", row => row.Status.Size.ModelBytes),
        CatColumn.Text<CatRow>("model.memory_status", "mms", "whether the models keep within their limit", row => ModelSizeDocument.NameOf(row.Status.Size.MemoryStatus)),
        CatColumn.Bytes<CatRow>("model.bytes_exceeded", "mbe", "how far the limit was exceeded", row => row.Status.Size.ModelBytesExceeded),
        CatColumn.Text<CatRow>("model.memory_limit", "mml", "the limit of the models", row => row.Stats.Row.Config.AnalysisLimits.ModelMemoryLimit),
        CatColumn.Number<CatRow>("model.by_fields", "mbf", "values of by fields", row => row.Status.Size.TotalByFieldCount),
        CatColumn.Number<CatRow>("model.over_fields", "mof", "values of over fields", row => row.Status.Size.TotalOverFieldCount),
        CatColumn.Number<CatRow>("model.partition_fields", "mpf", "values of partition fields", row => row.Status.Size.TotalPartitionFieldCount),
        CatColumn.Number<CatRow>("model.bucket_allocation_failures", "mbaf", "buckets in which the limit kept new series out", row => row.Status.Size.BucketAllocationFailures),
        CatColumn.Text<CatRow>("model.categorization_status", "mcs", "state of the categorization", row => ModelSizeDocument.NameOf(row.Status.Size.Categorization.Status)),
        CatColumn.Number<CatRow>("model.categorized_doc_count", "mcdc", "records categorized", row => row.Status.Size.Categorization.CategorizedDocuments),
        CatColumn.Number<CatRow>("model.total_category_count", "mtcc", "categories", row => row.Status.Size.Categorization.TotalCategories),
        CatColumn.Number<CatRow>("model.frequent_category_count", "", "frequent categories", row => row.Status.Size.Categorization.FrequentCategories),
        CatColumn.Number<CatRow>("model.rare_category_count", "mrcc", "rare categories", row => row.Status.Size.Categorization.RareCategories),
        CatColumn.Number<CatRow>("model.dead_category_count", "mdcc", "dead categories", row => row.Status.Size.Categorization.DeadCategories),
        CatColumn.Number<CatRow>("model.failed_category_count", "mfcc", "failed categories", row => row.Status.Size.Categorization.FailedCategories),
        CatColumn.Date<CatRow>("model.log_time", "mlt", "when the size was measured", row => row.Status.SizeLogTime),
        CatColumn.Date<CatRow>("model.timestamp", "mt", "the bucket at which the size was measured", row => row.Status.Size.Timestamp * 1000),
        CatColumn.Number<CatRow>("forecasts.total", "ft", "forecasts", row => row.Stats.Forecasts.Total),
        .. Summary("forecasts.memory", "fm", CatType.Bytes, "memory of a forecast", row => row.Stats.Forecasts.Memory),
        .. Summary("forecasts.records", "fr", CatType.Number, "points of a forecast", row => row.Stats.Forecasts.Records),
        .. Summary("forecasts.time", "ft", CatType.Time, "time that a forecast took", row => row.Stats.Forecasts.ProcessingMs),
        CatColumn.Text<CatRow>("node.id", "ni", "id of the node that runs the job", row => row.Node?.Id),
        CatColumn.Text<CatRow>("node.name", "nn", "name of the node that runs the job", row => row.Node?.Name),
        CatColumn.Text<CatRow>("node.ephemeral_id", "ne", "id of that node's process", row => row.Node?.EphemeralId),
        CatColumn.Text<CatRow>("node.address", "na", "address of that node", row => row.Node?.TransportAddress),
        CatColumn.Number<CatRow>("buckets.count", "bc", "buckets analysed", row => row.Status.Timing.BucketCount),
        CatColumn.Time<CatRow>("buckets.time.total", "btt", "time that all buckets took", row => row.Status.Timing.TotalMs),
        CatColumn.Time<CatRow>("buckets.time.min", "btmin", "time of the quickest bucket", row => row.Status.Timing.MinimumMs),
        CatColumn.Time<CatRow>("buckets.time.max", "btmax", "time of the slowest bucket", row => row.Status.Timing.MaximumMs),
        CatColumn.Time<CatRow>("buckets.time.exp_avg", "btea", "exponential average time of a bucket", row => row.Status.Timing.ExponentialAverageMs),
        CatColumn.Time<CatRow>("buckets.time.exp_avg_hour", "bteah", "exponential average time of an hour of data", row => row.Status.Timing.ExponentialAveragePerHourMs),
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
