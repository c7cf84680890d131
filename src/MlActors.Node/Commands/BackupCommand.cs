using System.CommandLine;
using MlActors.Storage;
using MlActors.Storage.Sqlite;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors backup</c>: a consistent copy of the data of a stopped server.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("file") { Description = "The copy; must not exist yet. The documents go into a file beside it, name.documents.db" };
        return CommonOptions.OnStorage(new Command("backup", "Copy the databases of a stopped server, consistent and verified; PostgreSQL makes its own copies, with pg_dump, and `storage export` one of either kind") { target }, async (arguments, storage, cancellation) =>
        {
            // PostgreSQL refuses, and says what to do.
            var path = Path.GetFullPath(arguments.GetValue(target)!);
            await storage.BackupAsync(path, cancellation);
            var documents = IStorage.DocumentsBackup(path);
            Console.WriteLine($"{path}: {new FileInfo(path).Length} bytes; {documents}: {new FileInfo(documents).Length} bytes; " +
                $"to restore, put them as {((SqliteStorage)storage).FileName} and {((SqliteStorage)storage).DocumentsFileName} into an empty data folder");
        });
    }
}
