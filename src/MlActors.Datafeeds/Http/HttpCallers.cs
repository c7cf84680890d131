using System.Collections.Concurrent;
using System.Text.Json;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Paging;

namespace MlActors.Datafeeds.Http;

/// <summary>One caller for each connection, made when it is needed.</summary>
internal sealed class HttpCallers : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<HttpCaller>> _callers = new(StringComparer.Ordinal);

    public HttpCaller Of(Connection connection) => _callers.GetOrAdd(connection.Name, _ => new(() => new HttpCaller((HttpOptions)connection))).Value;

    /// <summary>Whether a connection answers: <c>null</c> when it does, else what is wrong.</summary>
    /// <param name="path">What it is asked.</param>
    /// <param name="known">Looks for what such a server answers; throws when it is not there.</param>
    /// <param name="reasonOf">Finds the server's own words in the JSON of a refusal.</param>
    public Task<string?> ProbeAsync(Connection connection, string path, Func<JsonElement, JsonElement> known, Func<JsonElement, string?> reasonOf, CancellationToken cancellation)
    {
        var caller = Of(connection);
        return Probe.AskAsync(() => Deadline.KeepAsync(connection, async token =>
        {
            using var answer = await caller.SendAsync(HttpMethod.Get, path, content: null, token);
            return known(answer.RootElement).GetString();
        }, cause => caller.Explain(cause, reasonOf), cancellation));
    }

    public void Dispose()
    {
        foreach (var caller in _callers.Values.Where(caller => caller.IsValueCreated)) caller.Value.Dispose();
    }
}
