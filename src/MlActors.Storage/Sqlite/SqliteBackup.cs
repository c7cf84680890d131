using Microsoft.Data.Sqlite;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sqlite;

/// <summary>Copies a live database. The copy appears under its name only when it is complete, on the medium and readable.</summary>
internal static class SqliteBackup
{
    /// <param name="databases">The one of the jobs, then that of the documents; copied in this order.</param>
    public static void Write(IReadOnlyList<StorageOptions> databases, string path, CancellationToken cancellation)
    {
        var target = Path.GetFullPath(path);
        string[] targets = [target, IStorage.DocumentsBackup(target)];
        if (Array.Find(targets, File.Exists) is { } there) throw new StoreException($"The backup {there} exists already; it is not overwritten.");
        try
        {
            for (var i = 0; i < targets.Length; i++) Copy(databases[i], Partial(targets[i]), cancellation);
            cancellation.ThrowIfCancellationRequested();
            // The one that was asked for comes last: when it is there, the backup is complete.
            foreach (var done in targets.Reverse()) File.Move(Partial(done), done);
        }
        catch (Exception e)
        {
            foreach (var unfinished in targets) DeleteQuietly(Partial(unfinished));
            if (!File.Exists(target)) DeleteQuietly(targets[1]);
            cancellation.ThrowIfCancellationRequested();
            throw e switch
            {
                StoreException => e,
                SqliteException or IOException or UnauthorizedAccessException =>
                    new StoreException($"The backup {target} could not be written: {e.Message}", e),
                _ => e,
            };
        }
    }

    private static string Partial(string target) => target + ".partial";

    private static void Copy(StorageOptions options, string partial, CancellationToken cancellation)
    {
        File.Delete(partial);
        using (var source = SqliteFile.OpenReader(options))
        using (cancellation.Register(() => SQLitePCL.raw.sqlite3_interrupt(source.Handle)))
        using (var command = source.CreateCommand())
        {
            command.CommandText = "VACUUM INTO @path";
            command.Parameters.AddWithValue("@path", partial);
            command.CommandTimeout = 0;
            command.ExecuteNonQuery();
        }
        Verify(partial);
        using var file = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static void Verify(string path)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        using var copy = new SqliteConnection(settings.ToString());
        copy.Open();
        if (SqliteFile.Scalar(copy, "PRAGMA quick_check(1)") is not "ok")
            throw new StoreException("The backup is damaged; is the database?", null, StoreFailure.Fault);
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The reason why the backup failed is worth more than this one.
        }
    }
}
