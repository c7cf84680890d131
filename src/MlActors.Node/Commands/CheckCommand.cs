using System.CommandLine;
using MlActors.Storage.Sqlite;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors check</c>: tries everything that the server needs, without serving.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = new Command("check", "Check the configuration and try the storage, without serving");
        var common = new CommonOptions().AddTo(command, urls: true);
        command.SetAction((arguments, _) => CommonOptions.RunAsync(async () =>
        {
            var config = common.Load(arguments);
            Console.WriteLine("configuration  ok");
            await using var storage = SqliteStorage.Open(config.Options.Storage);
            var health = await storage.CheckAsync(TimeSpan.FromSeconds(10));
            if (!health.Healthy) throw new CommandException($"the storage in [{config.Options.Storage.DataDirectory}] is not well: {health.Problem}");
            Console.WriteLine($"storage        ok  {config.Options.Storage.DatabasePath}: write {health.WriteTime.TotalMilliseconds:0.0} ms, read {health.ReadTime.TotalMilliseconds:0.0} ms, " +
                $"{health.DatabaseBytes >> 20} MiB, {health.FreeBytes >> 20} MiB free");
            return 0;
        }));
        return command;
    }
}
