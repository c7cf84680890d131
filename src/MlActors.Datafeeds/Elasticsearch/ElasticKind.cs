using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Http;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>Elasticsearch, and what speaks its search API.</summary>
internal sealed class ElasticKind(PageLimits? limits = null) : ISourceKind
{
    private readonly HttpCallers _callers = new();

    public IEnumerable<ConnectionType> Types => ElasticConnection.Types;

    public bool UsesQueries => true;

    public void Check(DatafeedConfig datafeed, JobConfig job, Connection connection, ProblemList problems) => ElasticSettings.Read(datafeed, job, problems);

    public IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job, Connection connection) => new ElasticSource(
        connection, _callers.Of(connection), Settings.OrThrow(problems => ElasticSettings.Read(datafeed, job, problems)), job, limits ?? PageLimits.Default);

    public Task<string?> ProbeAsync(Connection connection, CancellationToken cancellation) => _callers.ProbeAsync(connection, "", answer => answer.GetProperty("version").GetProperty("number"), ElasticAnswers.ReasonOf, cancellation);

    public ValueTask DisposeAsync()
    {
        _callers.Dispose();
        return ValueTask.CompletedTask;
    }
}
