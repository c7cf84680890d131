using System.Text.Json;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Index;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds;

/// <summary>Chooses the kind of source by the type of the connection that a datafeed names.</summary>
public sealed class DatafeedSources : IDatafeedSources, IAsyncDisposable
{
    /// <summary>The field of <c>source</c> that names the connection.</summary>
    public const string ConnectionField = "connection";

    private const string NoDocuments = "is required: name what to read, such as {\"connection\": \"…\"}; this server keeps no documents of its own";

    private readonly IReadOnlyList<ISourceKind> _kinds;
    private readonly IndexKind? _documents;

    /// <param name="documents">The server's own documents; <c>null</c> for commands that have none.</param>
    internal DatafeedSources(ConnectionSet connections, IReadOnlyList<ISourceKind> kinds, IndexKind? documents = null)
    {
        (Set, _kinds, _documents) = (connections, kinds, documents);
        Connections = [.. connections.All.Select(connection => new ConnectionInfo(connection.Name, connection.Type, connection.Address))];
    }

    public IReadOnlyList<ConnectionInfo> Connections { get; }

    internal ConnectionSet Set { get; }

    public void Check(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        if (datafeed.Source is not { } source)
        {
            if (_documents is null) problems.Add("source", NoDocuments, ProblemKind.IllegalArgument);
            else _documents.Check(datafeed, job, problems);
            return;
        }
        if (!source.TryGetProperty(ConnectionField, out var name) || name.ValueKind != JsonValueKind.String)
        {
            problems.Add($"source.{ConnectionField}", $"is required: the name of a connection of the server's configuration{Known()}", ProblemKind.IllegalArgument);
            return;
        }
        if (Set.Find(name.GetString()!) is not { } connection)
        {
            problems.Add($"source.{ConnectionField}", Unknown(name.GetString()!), ProblemKind.IllegalArgument);
            return;
        }
        var kind = KindOf(connection);
        if (!kind.UsesQueries) RefuseQueries(datafeed, connection, problems);
        kind.Check(datafeed, job, connection, problems);
    }

    public IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job)
    {
        if (datafeed.Source is not { } source) return _documents?.Open(datafeed, job) ?? throw new SourceException($"[source] {NoDocuments}", isPermanent: true);
        var name = source.TryGetProperty(ConnectionField, out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "";
        var connection = Set.Find(name) ?? throw new SourceException($"[source.{ConnectionField}] {Unknown(name)}", isPermanent: true);
        return KindOf(connection).Open(datafeed, job, connection);
    }

    public Task<string?> ProbeAsync(string connection, CancellationToken cancellation) =>
        Set.Find(connection) is { } found ? KindOf(found).ProbeAsync(found, cancellation) : Task.FromResult<string?>(Unknown(connection));

    public async ValueTask DisposeAsync()
    {
        foreach (var kind in _kinds) await kind.DisposeAsync();
    }

    private static void RefuseQueries(DatafeedConfig datafeed, Connection connection, ProblemList problems)
    {
        var without = $"has no meaning for a connection of type [{connection.Type}]: remove it, and say in [source] what to read";
        if (datafeed.Indices.Length > 0) problems.Add("indices", without, ProblemKind.IllegalArgument);
        if (datafeed.Query is not null) problems.Add("query", without, ProblemKind.IllegalArgument);
        if (datafeed.Aggregations is not null) problems.Add("aggregations", without, ProblemKind.IllegalArgument);
        if (datafeed.RuntimeMappings is not null) problems.Add("runtime_mappings", without, ProblemKind.IllegalArgument);
        if (datafeed.ScriptFields is not null) problems.Add("script_fields", without, ProblemKind.IllegalArgument);
    }

    private ISourceKind KindOf(Connection connection) => _kinds.First(kind => kind.Types.Any(type => type.Name == connection.Type));

    private string Unknown(string name) => $"is [{ProblemList.Shown(name)}], and the server's configuration has no such connection{Known()}";

    private string Known() => Connections.Count == 0
        ? "; it has none: add one below [mlactors.connections]"
        : $"; it has [{string.Join(", ", Connections.Select(connection => connection.Name))}]";
}
