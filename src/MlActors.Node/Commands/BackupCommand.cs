using System.CommandLine;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors backup</c>: a consistent copy of the data of a stopped server.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("file") { Description = "The copy; must not exist yet" };
        return CommonOptions.OnStorage(new Command("backup", "Copy the database of a stopped server, consistent and verified") { target }, async (arguments, storage, cancellation) =>
        {
            var path = Path.GetFullPath(arguments.GetValue(target)!);
            await storage.BackupAsync(path, cancellation);
            Console.WriteLine($"{path}: {new FileInfo(path).Length} bytes; to restore, put it as {storage.FileName} into an empty data folder");
        });
    }
}
