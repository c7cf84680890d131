using System.Text;
using System.Text.Json.Nodes;
using MlActors.Analysis.Functions;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Contexts;
using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary>The job that is run: read from a file, or made from the options and from what the data look like. Either way the server's own reader checks it.</summary>
/// <param name="Config">Its configuration.</param>
/// <param name="TimeSuffix">What is put behind each time for the job's time format to fit.</param>
/// <param name="Notes">What was chosen that the user may want to choose otherwise.</param>
internal sealed record JobPlan(JobConfig Config, string TimeSuffix, IReadOnlyList<string> Notes)
{
    /// <exception cref="UsageException">The options make no sense for this input.</exception>
    /// <exception cref="InvalidConfigException">The job is one that the server would refuse.</exception>
    /// <exception cref="CommandException">No column holds times.</exception>
    public static JobPlan Of(DetectOptions options, Sample sample)
    {
        var plan = options.Job is { } path ? FromFile(options, path) : FromData(options, sample);
        var data = plan.Config.DataDescription;
        foreach (var field in plan.Config.ToSettings().Schema.Fields.Select(field => field.Name).Prepend(data.TimeField))
            if (!sample.Columns.Contains(field))
                throw new UsageException(Columns.Missing(field, sample));
        return plan;
    }

    private static JobPlan FromFile(DetectOptions options, string path)
    {
        if (options.AgainstJob().ToArray() is { Length: > 0 } given)
            throw new UsageException($"{string.Join(", ", given)}: the job of --job says this already: leave it out, or change the file");
        var config = Read(File.ReadAllBytes(path));
        if (JobContext.FiltersOf(config) is [var filter, ..])
        {
            throw new UsageException(
                $"--job: a rule names the filter [{filter}], and filters are kept by a server only: leave the rule out, or give it conditions instead of a scope");
        }
        return new JobPlan(config, "", []);
    }

    private static JobPlan FromData(DetectOptions options, Sample sample)
    {
        var columns = Columns.Of(sample, options.Time, options.TimeFormat);
        if (columns.Form.Suffix.Length > 0 && sample.IsJson)
            throw new UsageException($"--time: [{columns.Time}] holds days without a time of day, which JSON records are not read with: write a time such as 2024-02-29T00:00:00Z");
        var notes = new List<string>();
        if (columns.Form.Otherwise(sample.AllCells(columns.Time)) is { } otherwise)
            notes.Add($"times such as [{sample.Cells(columns.Time).First()}] were read with the month first; --time-format \"{otherwise.Format}\" reads them with the day first");
        var (by, partition) = (options.By, options.Partition ?? PartitionOf(options, columns, notes));
        var functions = FunctionsOf(options, columns, notes);
        var fields = options.Values.Count > 0 ? options.Values : [.. columns.Numbers.Except(options.Splits.Append(partition).OfType<string>())];
        var detectors = functions.SelectMany(function => NeedsNoField(function) ? [Detector(function, null)] : fields.Select(field => Detector(function, field)));
        var span = options.BucketSpan is DetectOptions.Auto
            ? TimeValue.Format(TimeSpan.FromSeconds(BucketSpanRule.SpanOf(Times(sample, columns), functions.All(NeedsNoField), sample.IsWhole)))
            : options.BucketSpan;
        var job = new JsonObject
        {
            ["analysis_config"] = new JsonObject
            {
                ["bucket_span"] = span,
                ["detectors"] = new JsonArray([.. detectors]),
                ["influencers"] = new JsonArray([.. options.Influencers.Select(name => JsonValue.Create(name))]),
            },
            ["data_description"] = new JsonObject { ["time_field"] = columns.Time, ["time_format"] = columns.Form.Format },
        };
        return new JobPlan(Read(Encoding.UTF8.GetBytes(job.ToJsonString())), columns.Form.Suffix, notes);

        JsonObject Detector(string function, string? field)
        {
            var detector = new JsonObject { ["function"] = function };
            foreach (var (name, value) in new[] { ("field_name", field), ("by_field_name", by), ("over_field_name", options.Over), ("partition_field_name", partition) })
                if (value is not null)
                    detector[name] = value;
            return detector;
        }
    }

    private static JobConfig Read(byte[] json) => JobConfigReader.ReadPut(null, json, JobLimits.Default, DateTimeOffset.UnixEpoch);

    // A table of time, series and value: every series by itself.
    private static string? PartitionOf(DetectOptions options, Columns columns, List<string> notes)
    {
        string[] free = [.. columns.Words.Except([options.By ?? "", options.Over ?? "", .. options.Values])];
        if (free.Length == 1 && options.By is null && options.Over is null) return free[0];
        if (free.Except(options.Influencers).Any()) notes.Add($"not used: {string.Join(", ", free)} (--partition or --by splits the data by one of them)");
        return null;
    }

    private static IReadOnlyList<string> FunctionsOf(DetectOptions options, Columns columns, List<string> notes)
    {
        if (options.Functions.Count > 0) return options.Functions;
        if (options.Values.Count > 0 || columns.Numbers.Count > 0) return ["mean"];
        notes.Add("there is no column of numbers, so records are counted");
        return ["count"];
    }

    private static bool NeedsNoField(string function) => DetectorFunction.Find(function)?.Field == FieldRule.Forbidden;

    private static IEnumerable<long> Times(Sample sample, Columns columns)
    {
        foreach (var text in sample.AllCells(columns.Time))
            if (columns.Form.TryParse(text, out var time))
                yield return time;
    }
}
