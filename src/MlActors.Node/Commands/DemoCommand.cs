using System.CommandLine;
using MlActors.Node.Demo;
using MlActors.Node.Serving;
using Spectre.Console;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors demo</c>: the server, and a week of a web shop played to it.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "Run the server and play a demonstration to it");
        var common = new CommonOptions().AddTo(command, urls: true);
        var exit = new Option<bool>("--exit") { Description = "Stop the server when the demonstration is over" };
        command.Options.Add(exit);
        command.SetAction((arguments, _) => CommonOptions.RunAsync(async () =>
        {
            await using var app = ServerHost.Build(common.Load(arguments));
            await app.StartAsync();
            var url = app.Urls.First();
            await new DemoPlay(new Uri(url), AnsiConsole.Console).RunAsync();
            AnsiConsole.MarkupLine($"The API listens on [bold]{url}[/]. Try:\n  curl '{url}/_cat/ml/anomaly_detectors?v'\n  curl '{url}/_ml/anomaly_detectors/webshop/_stats?pretty'");
            if (arguments.GetValue(exit))
            {
                await app.StopAsync();
                return 0;
            }
            AnsiConsole.MarkupLine("Ctrl-C stops the server.");
            await app.WaitForShutdownAsync();
            return 0;
        }));
        return command;
    }
}
