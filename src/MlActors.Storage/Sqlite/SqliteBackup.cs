using Microsoft.Data.Sqlite;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sqlite;

/// <summary>Copies a live database. The copy appears under its name only when it is complete, on the medium and readable.</summary>
internal static class SqliteBackup
{
    public static void Write(StorageOptions options, string path, CancellationToken cancellation)
    {
        var target = Path.GetFullPath(path);
        var partial = target + ".partial";
        if (File.Exists(target)) throw new StoreException($"The backup {target} exists already; it is not overwritten.");
        try
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
            using (var file = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
            cancellation.ThrowIfCancellationRequested();
            File.Move(partial, target);
        }
        catch (Exception e)
        {
            DeleteQuietly(partial);
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
