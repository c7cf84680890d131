using System.CommandLine;
using MlActors.Node.Configuration;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors describe</c>: the settings in effect.</summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        var command = new Command("describe", "Print the settings in effect, secrets masked");
        var common = new CommonOptions().AddTo(command, urls: true);
        var defaults = new Option<bool>("--defaults") { Description = "Print the commented file with every setting and its default instead" };
        command.Options.Add(defaults);
        command.SetAction((arguments, _) => CommonOptions.RunAsync(() =>
        {
            if (arguments.GetValue(defaults))
            {
                Console.Write(ServerConfig.DefaultText());
                return Task.FromResult(0);
            }
            foreach (var line in common.Load(arguments).Describe()) Console.WriteLine(line);
            return Task.FromResult(0);
        }));
        return command;
    }
}
