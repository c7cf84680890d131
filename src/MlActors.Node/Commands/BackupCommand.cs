using System.CommandLine;
using MlActors.Storage.Sqlite;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors backup</c>: a consistent copy of the data of a stopped server.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("file") { Description = "The copy; must not exist yet" };
        var command = new Command("backup", "Copy the database of a stopped server, consistent and verified") { target };
        var common = new CommonOptions().AddTo(command);
        command.SetAction((arguments, cancellation) => CommonOptions.RunAsync(async () =>
        {
            await using var storage = SqliteStorage.Open(common.Load(arguments).Options.Storage);
            var path = Path.GetFullPath(arguments.GetValue(target)!);
            await storage.BackupAsync(path, cancellation);
            Console.WriteLine($"{path}: {new FileInfo(path).Length} bytes; to restore, put it as {common.Load(arguments).Options.Storage.FileName} into an empty data folder");
            return 0;
        }));
        return command;
    }
}
