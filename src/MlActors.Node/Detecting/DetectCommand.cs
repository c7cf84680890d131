using System.CommandLine;
using MlActors.Jobs.Configuration;
using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary><c>mlactors detect</c>: finds what is unusual in a file, without a server.</summary>
internal static class DetectCommand
{
    private const int ExitOfUsage = 2;
    private const int ExitOfInterrupt = 130;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "CSV (comma, tab, semicolon) or JSON objects; gzip is recognised; - is standard input" };
        var time = new Option<string?>("--time") { Description = "The column with the times (default: found by name, then by content)" };
        var timeFormat = new Option<string?>("--time-format") { Description = "epoch, epoch_ms or a pattern such as \"dd/MM/yyyy HH:mm\" (default: found by content)" };
        var values = new Option<string[]>("--value") { Description = "A column of numbers to look at; may be repeated (default: all of them)" };
        var functions = new Option<string[]>("--function") { Description = "mean, sum, min, max, count, high_mean, …; may be repeated (default: mean, or count when there are no numbers)" };
        var by = new Option<string?>("--by") { Description = "The column whose values split the data, compared with their own past" };
        var partition = new Option<string?>("--partition") { Description = "The column whose values are analysed each by itself (default: the only column of repeated texts, if there is one)" };
        var over = new Option<string?>("--over") { Description = "The column whose values are compared with each other" };
        var influencers = new Option<string[]>("--influencer") { Description = "A column whose values may be to blame; may be repeated" };
        var span = new Option<string>("--bucket-span") { Description = "The steps in which time is looked at, such as 5m, or auto: the median step of the data", DefaultValueFactory = _ => DetectOptions.Auto };
        var job = new Option<string?>("--job") { Description = "A job configuration as the server takes it, instead of the options above" };
        var top = new Option<int>("--top") { Description = "How many anomalies the table shows", DefaultValueFactory = _ => 20 };
        var output = new Option<string?>("--out") { Description = "A file for one line per bucket and series; .csv or .ndjson" };
        var report = new Option<string?>("--report") { Description = "A file for a report to look at, one self-contained .html" };
        var timings = new Option<bool>("--timings") { Description = "Tell where the time went" };
        var command = new Command("detect", "Find what is unusual in a file, without a server")
        {
            file, time, timeFormat, values, functions, by, partition, over, influencers, span, job, top, output, report, timings,
        };
        command.SetAction((arguments, cancellation) => GuardAsync(async () =>
        {
            await DetectRun.RunAsync(
                new DetectOptions
                {
                    Input = arguments.GetValue(file)!,
                    Time = arguments.GetValue(time),
                    TimeFormat = arguments.GetValue(timeFormat),
                    Values = arguments.GetValue(values) ?? [],
                    Functions = arguments.GetValue(functions) ?? [],
                    By = arguments.GetValue(by),
                    Partition = arguments.GetValue(partition),
                    Over = arguments.GetValue(over),
                    Influencers = arguments.GetValue(influencers) ?? [],
                    BucketSpan = arguments.GetValue(span)!,
                    Job = arguments.GetValue(job),
                    Top = arguments.GetValue(top),
                    Out = arguments.GetValue(output),
                    Report = arguments.GetValue(report),
                },
                arguments.GetValue(timings),
                cancellation);
            return 0;
        }));
        return command;
    }

    // 2 when the options make no sense, 1 when there is nothing that can be read.
    private static async Task<int> GuardAsync(Func<Task<int>> body)
    {
        try
        {
            return await CommonOptions.RunAsync(body);
        }
        catch (Exception cause) when (cause is UsageException or InvalidConfigException)
        {
            Console.Error.WriteLine($"mlactors: {cause.Message}");
            return ExitOfUsage;
        }
        catch (OperationCanceledException)
        {
            return ExitOfInterrupt;
        }
    }
}
