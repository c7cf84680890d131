using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Configuration;

/// <summary>What must hold of a whole configuration, however it came about. Fields that could not be read are left alone.</summary>
internal static class JobRules
{
    /// <summary>More days than any data has, and few enough that milliseconds of them never overflow.</summary>
    public const long MaxDays = 1_000_000;

    public static void Check(JobConfig config, ProblemList problems)
    {
        CheckIdentity(config, problems);
        AnalysisRules.Check(config.AnalysisConfig, problems);
        CheckData(config, problems);
        CheckRetention(config, problems);
        CheckPersistInterval(config, problems);
    }

    /// <summary>A memory limit against the server's maximum.</summary>
    public static void CheckMemory(string memoryLimit, JobLimits limits, ProblemList problems)
    {
        const string path = "analysis_limits.model_memory_limit";
        if (problems.Has(path)) return;
        var limit = ByteSize.Parse(memoryLimit, path);
        if (limit.Mebibytes < 1)
            problems.Add(path, "must be at least 1mb");
        else if (limits.MaxModelMemory is { Bytes: > 0 } max && limit.Bytes > max.Bytes)
            problems.Add(path, $"is [{memoryLimit}], above this server's maximum of [{max}]: ask for less or raise the maximum");
    }

    private static void CheckIdentity(JobConfig config, ProblemList problems)
    {
        if (config.JobId.Length > JobId.MaxLength)
            problems.Add("job_id", $"has {config.JobId.Length} characters: must have at most {JobId.MaxLength}", ProblemKind.IllegalArgument);
        else if (!JobId.IsValid(config.JobId))
            problems.Add("job_id", $"is [{config.JobId}]: must {JobId.Rule}", ProblemKind.IllegalArgument);
        for (var i = 0; i < config.Groups.Length; i++)
        {
            var group = config.Groups[i];
            if (!JobId.IsValidName(group))
                problems.Add($"groups[{i}]", $"is [{ProblemList.Shown(group)}]: must {JobId.Rule}", ProblemKind.IllegalArgument);
            else if (string.Equals(group, config.JobId, StringComparison.Ordinal))
                problems.Add($"groups[{i}]", $"is [{group}], the id of the job itself: a group and a job cannot have one name", ProblemKind.AlreadyExists);
        }
    }

    private static void CheckData(JobConfig config, ProblemList problems)
    {
        const string timeField = "data_description.time_field";
        const string timeFormat = "data_description.time_format";
        var data = config.DataDescription;
        if (string.IsNullOrWhiteSpace(data.TimeField))
        {
            problems.Add(timeField, "must not be blank: name the field with the time of a record");
        }
        else if (AnalysisRules.FieldsOf(config.AnalysisConfig).FirstOrDefault(use => use.Name == data.TimeField) is { Path: not null } use)
        {
            problems.Add(timeField, $"is [{data.TimeField}], which is also [{use.Path}]: the time of a record cannot be analysed as a value",
                ProblemKind.IllegalArgument);
        }
        if (data.TimeFormat is not ("epoch" or "epoch_ms") && !JavaDatePattern.TryCompile(data.TimeFormat, out _, out var problem))
            problems.Add(timeFormat, $"must be epoch, epoch_ms or a date pattern; {problem}");
    }

    private static void CheckRetention(JobConfig config, ProblemList problems)
    {
        const string total = "model_snapshot_retention_days";
        const string daily = "daily_model_snapshot_retention_after_days";
        if (problems.Has(total) || problems.Has(daily)) return;
        if (config.DailyModelSnapshotRetentionAfterDays > config.ModelSnapshotRetentionDays)
        {
            problems.Add(daily,
                $"is [{config.DailyModelSnapshotRetentionAfterDays}]: must be at most [{total}], which is [{config.ModelSnapshotRetentionDays}]");
        }
    }

    private static void CheckPersistInterval(JobConfig config, ProblemList problems)
    {
        const string path = "background_persist_interval";
        if (config.BackgroundPersistInterval is not { } text) return;
        var interval = TimeValue.Parse(text, path);
        if (!interval.IsWholeSeconds || interval.Duration < TimeSpan.FromHours(1)) problems.Add(path, $"is [{text}]: must be at least 1h and whole seconds");
    }
}
