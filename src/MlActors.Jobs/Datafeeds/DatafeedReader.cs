using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Jobs.Datafeeds;

/// <summary>Reads the requests that create or change a datafeed: strictly, with everything that is wrong said at once, and completed with defaults.</summary>
public static class DatafeedReader
{
    private const int MostScrolled = 10_000;
    private const int ShortestDelaySeconds = 60;
    private const long LongestDelayMs = 365L * 24 * 3600 * 1000;

    /// <summary>The job that a request to create a datafeed names; <c>null</c> when it names none.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <exception cref="InvalidConfigException">It is not JSON.</exception>
    public static string? JobIdOf(ReadOnlySpan<byte> body) =>
        StrictJson.ReadObject(body).TryGetProperty("job_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    /// <param name="datafeedId">The id in the address.</param>
    /// <param name="job">The job that it names.</param>
    /// <param name="body">UTF-8 JSON.</param>
    /// <exception cref="InvalidConfigException">It is no datafeed that this server can run for this job.</exception>
    public static DatafeedConfig ReadPut(string datafeedId, ReadOnlySpan<byte> body, JobConfig job, IDatafeedSources sources) =>
        Read(StrictJson.ReadObject(body), "", Default(datafeedId, job), job, sources);

    /// <summary>Reads the datafeed in a request that creates a job.</summary>
    /// <exception cref="InvalidConfigException"/>
    public static DatafeedConfig ReadInJob(JsonElement datafeed, JobConfig job, IDatafeedSources sources)
    {
        var id = datafeed.TryGetProperty("datafeed_id", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : job.JobId;
        return Read(datafeed, "datafeed_config", Default(id, job), job, sources);
    }

    /// <summary>The configuration after an update: what the request does not name stays.</summary>
    /// <exception cref="InvalidConfigException"/>
    public static DatafeedConfig ReadUpdate(DatafeedConfig before, ReadOnlySpan<byte> body, JobConfig job, IDatafeedSources sources) =>
        Read(StrictJson.ReadObject(body), "", before, job, sources);

    private static DatafeedConfig Default(string datafeedId, JobConfig job) => new() { DatafeedId = datafeedId, JobId = job.JobId, QueryDelay = DefaultDelay(job.JobId) };

    private static DatafeedConfig Read(JsonElement body, string path, DatafeedConfig before, JobConfig job, IDatafeedSources sources)
    {
        var problems = new ProblemList();
        var request = new ObjectReader(body, path, "", DatafeedFields.All, problems);
        CheckIds(request, before);
        var config = before with
        {
            Indices = Either(request, "indices", "indexes", request.Texts) ?? before.Indices,
            Query = request.Custom("query") ?? before.Query,
            Aggregations = Either(request, "aggregations", "aggs", request.Custom) ?? before.Aggregations,
            Source = request.Custom("source") ?? before.Source,
            QueryDelay = request.Duration("query_delay")?.ToString() ?? before.QueryDelay,
            Frequency = request.Duration("frequency")?.ToString() ?? before.Frequency,
            ScrollSize = (int)(request.Integer("scroll_size", min: 1, max: MostScrolled) ?? before.ScrollSize),
            Chunking = request.Object("chunking_config") is { } chunking ? ReadChunking(chunking) : before.Chunking,
            MaxEmptySearches = request.Has("max_empty_searches") ? ReadEmptySearches(request) : before.MaxEmptySearches,
            DelayedDataCheck = request.Object("delayed_data_check_config") is { } delayed ? ReadDelayed(delayed) : before.DelayedDataCheck,
            IndicesOptions = request.Custom("indices_options") ?? before.IndicesOptions,
            RuntimeMappings = NotEmpty(request.Custom("runtime_mappings")) ?? before.RuntimeMappings,
            ScriptFields = NotEmpty(request.Custom("script_fields")) ?? before.ScriptFields,
        };
        CheckWithJob(request, config, job);
        problems.ThrowIfAny();
        sources.Check(config, job, problems);
        problems.ThrowIfAny();
        return config;
    }

    private static void CheckIds(ObjectReader request, DatafeedConfig before)
    {
        ContextNames.CheckId("datafeed_id", before.DatafeedId, request);
        if (request.Text("job_id") is { } given && given != before.JobId)
            request.Problem("job_id", $"is [{ProblemList.Shown(given)}] but has to be [{before.JobId}]: remove it or correct it", ProblemKind.IllegalArgument);
    }

    private static T? Either<T>(ObjectReader request, string name, string other, Func<string, T?> read)
        where T : struct
    {
        if (request.Has(name) && request.Has(other)) request.Problem(other, $"is another name of [{name}]: keep one of the two", ProblemKind.IllegalArgument);
        return read(name) ?? read(other);
    }

    private static ChunkingConfig ReadChunking(ObjectReader request)
    {
        var mode = request.Text("mode") switch { "manual" => ChunkingMode.Manual, "off" => ChunkingMode.Off, _ => ChunkingMode.Auto };
        var span = request.Duration("time_span");
        if (mode == ChunkingMode.Manual && !request.Has("time_span"))
            request.Problem("time_span", "is required with the mode [manual]", ProblemKind.IllegalArgument);
        else if (mode != ChunkingMode.Manual && span is not null)
            request.Problem("time_span", "has a meaning with the mode [manual] only: remove it, or set the mode", ProblemKind.IllegalArgument);
        else if (span is { } given && given.Duration < TimeSpan.FromMilliseconds(1))
            request.Problem("time_span", $"is [{given}]: must be at least 1ms", ProblemKind.IllegalArgument);
        return new(mode, span?.ToString());
    }

    private static long? ReadEmptySearches(ObjectReader request)
    {
        var given = request.Integer("max_empty_searches", min: -1);
        if (given == 0) request.Problem("max_empty_searches", "is [0]: must be above 0, or -1 for no limit", ProblemKind.IllegalArgument);
        return given > 0 ? given : null;
    }

    private static DelayedDataCheckConfig ReadDelayed(ObjectReader request)
    {
        var check = new DelayedDataCheckConfig(request.Boolean("enabled") ?? true, request.Duration("check_window")?.ToString(), request.Boolean("heal") ?? false);
        if (check is { Heal: true, Enabled: false })
            request.Problem("heal", "is [true], but nothing is looked for: set [enabled] to true, or remove [heal]", ProblemKind.IllegalArgument);
        return check;
    }

    private static void CheckWithJob(ObjectReader request, DatafeedConfig config, JobConfig job)
    {
        var span = job.AnalysisConfig.BucketSpanSeconds;
        if (job.AnalysisConfig.LatencySeconds > 0)
            request.Problem("job_id", $"is [{job.JobId}], which has a [latency]: a datafeed brings its data in order, and such jobs cannot have one", ProblemKind.IllegalArgument);
        if (TimeValue.Parse(config.QueryDelay, "query_delay").Duration.TotalMilliseconds > LongestDelayMs)
            request.Problem("query_delay", $"is [{config.QueryDelay}]: must be at most 365d", ProblemKind.IllegalArgument);
        if (config.Frequency is { } frequency && TimeValue.Parse(frequency, "frequency") is var given && (!given.IsWholeSeconds || given.TotalSeconds < 1))
            request.Problem("frequency", $"is [{frequency}]: must be a whole number of seconds, at least 1", ProblemKind.IllegalArgument);
        if (config.DelayedDataCheck.CheckWindow is { } window && TimeValue.Parse(window, "check_window").TotalSeconds is var seconds
            && (seconds <= span || seconds >= span * DelayedDataCheck.MostBuckets))
        {
            request.Problem("delayed_data_check_config.check_window",
                $"is [{window}]: must be longer than the bucket span and shorter than {DelayedDataCheck.MostBuckets} of them", ProblemKind.IllegalArgument);
        }
        if (config.Aggregations is not null && job.AnalysisConfig.SummaryCountFieldName is null)
        {
            request.Problem("aggregations", $"need a job that knows how many documents a record stands for: job [{job.JobId}] has no [summary_count_field_name]",
                ProblemKind.IllegalArgument);
        }
        if (config is { Aggregations: not null, DelayedDataCheck.Heal: true })
        {
            request.Problem("delayed_data_check_config.heal",
                "cannot be used with [aggregations]: late documents are not looked for behind records that stand for many; remove one of the two", ProblemKind.IllegalArgument);
        }
        if (config is { Aggregations: not null, ScriptFields: not null })
            request.Problem("script_fields", "cannot be used with [aggregations]: remove one of the two", ProblemKind.IllegalArgument);
        if (config.Indices.Any(string.IsNullOrWhiteSpace))
            request.Problem("indices", "has an empty name: remove it", ProblemKind.IllegalArgument);
    }

    private static JsonElement? NotEmpty(JsonElement? value) => value is { } given && given.EnumerateObject().MoveNext() ? given : null;

    /// <summary>Between one and two minutes: the same for the same job, and spread out over many jobs, so that they do not all search at once.</summary>
    private static string DefaultDelay(string jobId)
    {
        var spread = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(jobId)) % (ShortestDelaySeconds * 1000);
        return new TimeValue((ShortestDelaySeconds * 1000) + (long)spread, TimeUnit.Milliseconds).ToString();
    }
}
