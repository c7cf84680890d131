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
        return CommonOptions.OnStorage(new Command("backup", "Copy all data, consistent and verified, into SQLite files; a server on SQLite must be stopped") { target }, async (arguments, storage, cancellation) =>
        {
            var path = Path.GetFullPath(arguments.GetValue(target)!);
            await storage.BackupAsync(path, cancellation);
            var documents = IStorage.DocumentsBackup(path);
            Console.WriteLine($"{path}: {new FileInfo(path).Length} bytes; {documents}: {new FileInfo(documents).Length} bytes; " +
                (storage is SqliteStorage sqlite ? $"to restore, put them as {sqlite.FileName} and {sqlite.DocumentsFileName} into an empty data folder" : "to restore, `mlactors storage import` them"));
        });
    }
}
