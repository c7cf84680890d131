using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Datafeeds.Sources;

/// <summary>All kinds of sources that this server has, and its connections.</summary>
public interface IDatafeedSources
{
    /// <summary>
    /// Adds what is wrong with a datafeed's <c>source</c>, <c>indices</c>, <c>query</c> and <c>aggregations</c>, as far as it can be said without asking the
    /// source itself. Paths are those of the datafeed's configuration.
    /// </summary>
    void Check(DatafeedConfig datafeed, JobConfig job, ProblemList problems);

    /// <summary>Opens what a datafeed reads. Cheap: connections are made when something is read.</summary>
    /// <exception cref="SourceException">It cannot be opened, as when its connection was taken out of the configuration.</exception>
    IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job);

    /// <summary>The names of the connections, in order, without their secrets.</summary>
    IReadOnlyList<ConnectionInfo> Connections { get; }

    /// <summary>Asks a connection whether it answers.</summary>
    /// <returns><c>null</c> when it does, else what is wrong, fit for users.</returns>
    Task<string?> ProbeAsync(string connection, CancellationToken cancellation);
}

/// <param name="Type">What kind of source: <c>postgresql</c>, <c>prometheus</c> and so on.</param>
/// <param name="Address">Where it is, without user and password.</param>
public sealed record ConnectionInfo(string Name, string Type, string Address);
