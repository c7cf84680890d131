using MlActors.Datafeeds.Connections;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds;

/// <summary>A kind of sources. Each has a folder of its own with the same set of files.</summary>
internal interface ISourceKind : IAsyncDisposable
{
    /// <summary>The types of connections it reads from.</summary>
    IEnumerable<ConnectionType> Types { get; }

    /// <summary>Whether it obeys a datafeed's <c>indices</c>, <c>query</c>, <c>aggregations</c> and so on; of others they are refused.</summary>
    bool UsesQueries { get; }

    /// <summary>Adds what is wrong with the datafeed, as far as it can be said without asking the source.</summary>
    void Check(DatafeedConfig datafeed, JobConfig job, Connection connection, ProblemList problems);

    /// <summary>Opens what a datafeed reads; it passed <see cref="Check"/> when it was stored, perhaps under other connections.</summary>
    IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job, Connection connection);

    /// <summary>Whether the connection answers: <c>null</c> when it does, else what is wrong, fit for users.</summary>
    Task<string?> ProbeAsync(Connection connection, CancellationToken cancellation);
}
