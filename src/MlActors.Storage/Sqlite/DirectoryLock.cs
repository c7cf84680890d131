namespace MlActors.Storage.Sqlite;

/// <summary>
/// Keeps a second server off the data directory. The operating system holds the lock and drops it when the process ends, however it ends;
/// the file that stays behind means nothing.
/// </summary>
internal static class DirectoryLock
{
    private const string FileName = "mlactors.lock";

    /// <exception cref="StorageOpenException">Another process has it, or the directory cannot be used.</exception>
    public static IDisposable Take(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageOpenException($"The data directory {directory} cannot be created: {e.Message}", e);
        }
        try
        {
            return new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageOpenException($"The data directory {directory} cannot be written to: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StorageOpenException(
                $"The data directory {directory} is in use by another server. Stop that server, or give this one a data directory of its own.", e);
        }
    }
}
