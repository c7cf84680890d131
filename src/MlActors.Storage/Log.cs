using Microsoft.Extensions.Logging;

namespace MlActors.Storage;

internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Information, "Opened the store {Path} (schema {Version}, {Bytes} bytes).")]
    public static partial void Opened(ILogger logger, string path, int version, long bytes);

    [LoggerMessage(3002, LogLevel.Warning, "The store refused {Refused} of {Groups} write group(s); the first for this cause.")]
    public static partial void WriteRefused(ILogger logger, int refused, int groups, Exception cause);

    [LoggerMessage(3003, LogLevel.Critical, "The writer of the store met a defect; it goes on.")]
    public static partial void WriterFailed(ILogger logger, Exception cause);

    [LoggerMessage(3004, LogLevel.Information, "Closed the store {Path}.")]
    public static partial void Closed(ILogger logger, string path);

    [LoggerMessage(3006, LogLevel.Information, "Opened the store {Name} (schema {Version}).")]
    public static partial void OpenedDatabase(ILogger logger, string name, int version);

    [LoggerMessage(3005, LogLevel.Information, "Brought the store {Path} from schema {From} to {To}.")]
    public static partial void Migrated(ILogger logger, string path, int from, int to);
}
