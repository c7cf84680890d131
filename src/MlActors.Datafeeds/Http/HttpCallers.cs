using System.Collections.Concurrent;
using MlActors.Datafeeds.Connections;

namespace MlActors.Datafeeds.Http;

/// <summary>One caller for each connection, made when it is needed.</summary>
internal sealed class HttpCallers : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<HttpCaller>> _callers = new(StringComparer.Ordinal);

    public HttpCaller Of(Connection connection) => _callers.GetOrAdd(connection.Name, _ => new(() => new HttpCaller((HttpOptions)connection))).Value;

    public void Dispose()
    {
        foreach (var caller in _callers.Values.Where(caller => caller.IsValueCreated)) caller.Value.Dispose();
    }
}
