namespace MlActors.Storage.Sqlite;

/// <summary>
/// The files of an import. <c>….importing</c>: it is under way, or was broken off; a server does not start beside them, a new import begins again. The one of the
/// jobs renamed to <c>….imported</c>: all rows are there and on the medium; whoever comes next gives the files their names.
/// </summary>
internal static class SqliteImportFiles
{
    private const string Importing = ".importing";
    private const string Imported = ".imported";
    private static readonly string[] BesideADatabase = ["-wal", "-shm", "-journal"];

    /// <summary>The database that an import fills.</summary>
    public static StorageOptions UnderWay(StorageOptions options) => options with { FileName = options.FileName + Importing };

    /// <summary>Gives the files of an import that has committed their names. The folder is locked.</summary>
    public static void Finish(StorageOptions options)
    {
        var committed = options.DatabasePath + Imported;
        if (!File.Exists(committed)) return;
        var documents = options.ForDocuments.DatabasePath;
        if (File.Exists(documents + Importing)) File.Move(documents + Importing, documents);
        File.Move(committed, options.DatabasePath);
    }

    /// <exception cref="StorageOpenException">An import into the folder was broken off.</exception>
    public static void RequireFinished(StorageOptions options)
    {
        Finish(options);
        if (Array.Find(Places(options), place => File.Exists(place + Importing)) is not { } place) return;
        throw new StorageOpenException($"An import into {Path.GetFullPath(options.DataDirectory)} was broken off. Run `mlactors storage import` again, or delete {place + Importing} to start without the import.");
    }

    /// <summary>All rows are there and flushed: from here on the import has happened.</summary>
    public static void Commit(StorageOptions options)
    {
        File.Move(options.DatabasePath + Importing, options.DatabasePath + Imported);
        Jobs.FaultPoints.Hit("import.committed");
        Finish(options);
    }

    /// <summary>Removes what an import that was broken off has left.</summary>
    public static void Clean(StorageOptions options)
    {
        foreach (var place in Places(options)) Delete(place + Importing);
    }

    /// <summary>Removes a database, which is known to be empty.</summary>
    public static void Delete(string path)
    {
        foreach (var beside in BesideADatabase) File.Delete(path + beside);
        File.Delete(path);
    }

    private static string[] Places(StorageOptions options) => [options.DatabasePath, options.ForDocuments.DatabasePath];
}
