using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Api;

/// <summary>One checked request on its way to its handler.</summary>
/// <param name="Body">The whole body of a <see cref="BodyKind.Json"/> or <see cref="BodyKind.OptionalJson"/> endpoint, else empty.</param>
public sealed record ApiCall(
    ApiEndpoint Endpoint, HttpContext Http, GatewayServices Services, Principal Principal, Arguments Arguments, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether the client takes, and the endpoint by preference sends, plain text.</summary>
    public bool WantsText { get; init; }

    public CancellationToken Aborted => Http.RequestAborted;

    public T Get<T>(Parameter<T> parameter) => Arguments.Get(parameter);

    public bool Has(ApiParameter parameter) => Arguments.Has(parameter);

    /// <summary>A segment of the path; <c>null</c> when the path taken has none of that name.</summary>
    public string? Path(string name) => Http.Request.RouteValues.TryGetValue(name, out var value) ? (string?)value : null;

    /// <summary>Who asks, for the messages of what is asked for.</summary>
    public Caller Caller => new(Principal.ApiKeyId is { } key ? $"{Principal.Name} (API key {key})" : Principal.Name, Http.Connection.RemoteIpAddress?.ToString() ?? "");

    public string JobId => Path("job_id") ?? throw new InvalidOperationException("the path has no job_id");

    /// <summary><c>start</c> and <c>end</c>, epoch milliseconds; <c>null</c> unbounded.</summary>
    /// <exception cref="ApiException">400: they are the wrong way round.</exception>
    public (long? Start, long? End) Range() => Range(Get(Parameters.Start), Get(Parameters.End));

    /// <summary>A start and an end that an endpoint reads by itself, in their order.</summary>
    /// <exception cref="ApiException">400: they are the wrong way round.</exception>
    public static (long? Start, long? End) Range(long? start, long? end) =>
        end < start ? throw ApiException.IllegalArgument("[end] must not be before [start]") : (start, end);

    /// <summary><c>from</c> and <c>size</c>, from the query or the body's <c>page</c>.</summary>
    /// <param name="sizeParameter">The endpoint's own <c>size</c>, if it has another default.</param>
    /// <exception cref="ApiException">400: given twice, or beyond the window.</exception>
    public (int From, int Size) Page(Parameter<int>? sizeParameter = null)
    {
        var page = Get(Parameters.PageObject);
        if ((page.From is not null && Has(Parameters.From)) || (page.Size is not null && Has(Parameters.Size)))
            throw ApiException.IllegalArgument("[from] or [size] is given in the query and in [page] of the body; give it in one of the two");
        var (from, size) = (page.From ?? Get(Parameters.From), page.Size ?? Get(sizeParameter ?? Parameters.Size));
        if ((long)from + size > Parameters.ResultWindow)
        {
            throw ApiException.IllegalArgument(
                $"[from] + [size] is {(long)from + size}; it must be at most {Parameters.ResultWindow}: narrow the range with [start] and [end] instead");
        }
        return (from, size);
    }

    /// <exception cref="ApiException">404.</exception>
    public async Task<JobRow> RequireJobAsync() => await Services.Catalog.FindAsync(JobId) ?? throw ApiException.NoJob(JobId);

    /// <summary>Asks a job's owner; a refusal becomes an error.</summary>
    public async Task<TReply> AskAsync<TReply>(JobMessage message, TimeSpan timeout)
        where TReply : JobReply
    {
        var reply = await Services.Jobs.AskAsync(message is JobCommand command ? command with { By = Caller } : message, timeout, Aborted);
        if (reply is Refused refused) throw ErrorMapping.From(refused);
        return reply as TReply ?? throw new InvalidOperationException($"unexpected {reply.GetType().Name} to {message.GetType().Name}");
    }

    /// <summary>The body of a <see cref="BodyKind.Json"/> endpoint as JSON.</summary>
    public JsonDocument ParseBody() => ArgumentReader.ParseJson(Body);
}
