using MlActors.Ingest;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Fields;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Datafeeds.Files;

/// <summary>What the records of a file are written in.</summary>
internal enum FileFormat { Auto, Csv, Ndjson, Parquet }

/// <summary>What a datafeed reads of a folder.</summary>
/// <param name="Pattern">A path below the root, with <c>*</c> and <c>?</c> in its parts.</param>
/// <param name="Times">Where a record has its time, and how it is written.</param>
internal sealed record FileSettings(string Pattern, FileFormat Format, RecordFormat Times)
{
    /// <summary>The fields of <c>source</c>.</summary>
    public static FieldTable Fields { get; } = new(
    [
        new(DatafeedSources.ConnectionField, FieldType.Text, null, "Name of the connection.") { Required = true },
        new("path", FieldType.Text, null, "The files, below the folder of the connection; each part may have `*` and `?`. They are read in the order of their names.") { Required = true },
        new("format", FieldType.Text, "auto", "`auto` looks at how a file begins.") { Choices = ["auto", "csv", "ndjson", "parquet"] },
        new("time_field", FieldType.Text, "the job's", "The column or field with the time."),
        new("time_format", FieldType.Text, "the job's", "How it is written; as `data_description.time_format`. Timestamps of Parquet files need none."),
    ]);

    public static FileSettings Read(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        var source = new ObjectReader(datafeed.Source!.Value, "source", "", Fields, problems);
        var path = source.Text("path") ?? "";
        if (source.Text("path") is not null && FileSet.Problem(path) is { } problem) source.Problem("path", problem, ProblemKind.IllegalArgument);
        var timeFormat = source.Text("time_format") ?? job.DataDescription.TimeFormat;
        if (timeFormat is not ("epoch" or "epoch_ms") && !JavaDatePattern.TryCompile(timeFormat, out _, out var wrong))
            source.Problem("time_format", wrong, ProblemKind.IllegalArgument);
        var format = source.Text("format") switch { "csv" => FileFormat.Csv, "ndjson" => FileFormat.Ndjson, "parquet" => FileFormat.Parquet, _ => FileFormat.Auto };
        return new FileSettings(path, format, new RecordFormat(source.Text("time_field") ?? job.DataDescription.TimeField, timeFormat));
    }
}
