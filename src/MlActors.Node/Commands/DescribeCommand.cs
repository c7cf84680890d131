using System.CommandLine;
using MlActors.Node.Configuration;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors describe</c>: the settings in effect.</summary>
internal static class DescribeCommand
{
    // A value below such a key is never printed.
    private static readonly string[] SecretWords = ["password", "secret", "token", "api-key", "connection-string"];

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
            var effective = common.Load(arguments).Effective;
            foreach (var key in ServerConfig.Keys(effective.GetValue("mlactors"), "mlactors").Order(StringComparer.Ordinal))
            {
                var secret = SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));
                Console.WriteLine($"{key} = {(secret ? "********" : effective.GetString(key))}");
            }
            return Task.FromResult(0);
        }));
        return command;
    }
}
