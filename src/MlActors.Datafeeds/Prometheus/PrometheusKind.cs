using Microsoft.Extensions.Logging;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Http;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Prometheus;

/// <summary>Prometheus, and what speaks its query API.</summary>
internal sealed partial class PrometheusKind(ILogger logger, PageLimits? limits = null) : ISourceKind
{
    private readonly HttpCallers _callers = new();

    public IEnumerable<ConnectionType> Types => [PrometheusConnection.Type];

    public bool UsesQueries => false;

    public void Check(DatafeedConfig datafeed, JobConfig job, Connection connection, ProblemList problems) => PrometheusSettings.Read(datafeed, job, problems);

    public IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job, Connection connection) => new PrometheusSource(
        connection,
        _callers.Of(connection),
        Settings.OrThrow(problems => PrometheusSettings.Read(datafeed, job, problems)),
        job,
        limits ?? PageLimits.Default,
        warning => Log.Warned(logger, datafeed.DatafeedId, connection.Name, warning));

    public Task<string?> ProbeAsync(Connection connection, CancellationToken cancellation) => _callers.ProbeAsync(
        connection, "api/v1/query?query=1", answer => answer.GetProperty("data").GetProperty("resultType"), PrometheusAnswer.ReasonOf, cancellation);

    public ValueTask DisposeAsync()
    {
        _callers.Dispose();
        return ValueTask.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(3201, LogLevel.Warning, "Datafeed {Datafeed}: Prometheus {Connection} warns: {Warning}")]
        public static partial void Warned(ILogger logger, string datafeed, string connection, string warning);
    }
}
