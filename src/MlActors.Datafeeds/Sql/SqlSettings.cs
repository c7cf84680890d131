using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Fields;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Datafeeds.Sql;

/// <summary>What a datafeed reads of a database.</summary>
/// <param name="Sql">One SELECT with <c>@start</c> (inclusive) and <c>@end</c> (exclusive), in the order of time.</param>
/// <param name="TimeColumn">Name of the column with the time.</param>
/// <param name="Form">How the two are given; <c>null</c> for what suits the database.</param>
internal sealed record SqlSettings(string Sql, string TimeColumn, TimeForm? Form)
{
    /// <summary>The fields of <c>source</c>.</summary>
    public static FieldTable Fields { get; } = new(
    [
        new(DatafeedSources.ConnectionField, FieldType.Text, null, "Name of the connection.") { Required = true },
        new("sql", FieldType.Text, null, "One SELECT that limits the time to `>= @start` and `< @end` and ends with ORDER BY the time. Its columns are the fields.") { Required = true },
        new("time_column", FieldType.Text, "the job's `time_field`", "The column with the time: a timestamp, a date, a number or a text."),
        new("parameters", FieldType.Text, "`timestamp`, for SQLite `text`",
            "How `@start` and `@end` are given: as the database's own type, as seconds or milliseconds since 1970 (whole numbers), or as a text like `2024-01-31 23:59:59` in UTC.")
            { Choices = ["timestamp", "epoch", "epoch_ms", "text"] },
    ]);

    public static SqlSettings Read(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        var source = new ObjectReader(datafeed.Source!.Value, "source", "", Fields, problems);
        var sql = source.Text("sql") ?? "";
        if (source.Text("sql") is not null && SqlStatement.Problem(sql) is { } problem) source.Problem("sql", problem, ProblemKind.IllegalArgument);
        TimeForm? form = source.Text("parameters") switch
        {
            "timestamp" => TimeForm.Timestamp,
            "epoch" => TimeForm.Epoch,
            "epoch_ms" => TimeForm.EpochMs,
            "text" => TimeForm.Text,
            _ => null,
        };
        return new SqlSettings(sql, source.Text("time_column") ?? job.DataDescription.TimeField, form);
    }
}
