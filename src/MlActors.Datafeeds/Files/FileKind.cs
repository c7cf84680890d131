using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Files;

/// <summary>Files of a folder: CSV, NDJSON and Parquet, also compressed, also growing.</summary>
internal sealed class FileKind(TimeProvider clock, PageLimits? limits = null) : ISourceKind
{
    public IEnumerable<ConnectionType> Types => [FileConnection.ConnectionType];

    public bool UsesQueries => false;

    public void Check(DatafeedConfig datafeed, JobConfig job, Connection connection, ProblemList problems) => FileSettings.Read(datafeed, job, problems);

    public IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job, Connection connection) => new FileSource(
        (FileConnection)connection, Settings.OrThrow(problems => FileSettings.Read(datafeed, job, problems)), job, limits ?? PageLimits.Default, clock);

    public Task<string?> ProbeAsync(Connection connection, CancellationToken cancellation)
    {
        try
        {
            _ = new DirectoryInfo(((FileConnection)connection).Root).EnumerateFileSystemInfos().Any();
            return Task.FromResult<string?>(null);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult<string?>($"connection [{connection.Name}]: {cause.Message}");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
