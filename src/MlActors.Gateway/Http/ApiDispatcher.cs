using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.NotYet;
using MlActors.Gateway.Security;

namespace MlActors.Gateway.Http;

/// <summary>
/// Takes a request through the same steps whatever the endpoint: media types, who it is (401), whether they may (403), its parameters (400), its
/// handler; and turns whatever goes wrong into the one shape of errors.
/// </summary>
public sealed partial class ApiDispatcher(GatewayServices services, Authenticator authenticator, ILogger<ApiDispatcher> logger)
{
    private const int ClientClosedRequest = 499;

    public Task InvokeAsync(HttpContext http, ApiEndpoint endpoint) => GuardAsync(http, async () =>
    {
        RequestBody.SetLimits(http, endpoint, services.Options);
        var contentType = Negotiate(http.Request, endpoint);
        var principal = await authenticator.AuthenticateAsync(http);
        Authenticator.Authorize(principal, endpoint);
        if (endpoint.Origin == EndpointOrigin.NotYet) throw NotYetEndpoints.Refusal(endpoint);
        var body = await ReadBodyAsync(http.Request, endpoint);
        var arguments = ArgumentReader.Read(endpoint, http.Request.Path, http.Request.Query, body, services.Time.GetUtcNow());
        var call = new ApiCall(endpoint, http, services, principal, arguments, endpoint.Body is BodyKind.Json or BodyKind.OptionalJson ? body : default)
        {
            WantsText = MediaTypes.IsText(contentType),
        };
        await ResponseWriter.WriteAsync(call, await endpoint.Handler(call), contentType);
    });

    /// <summary>Lets through to <paramref name="next"/>, which answers by itself, whoever may use the endpoint.</summary>
    public Task PassAsync(HttpContext http, ApiEndpoint endpoint, RequestDelegate next) => GuardAsync(http, async () =>
    {
        Authenticator.Authorize(await authenticator.AuthenticateAsync(http), endpoint);
        await next(http);
    });

    /// <summary>Answers what no endpoint is for.</summary>
    public Task RefuseUnknownAsync(HttpContext http) => GuardAsync(http, async () =>
    {
        await authenticator.AuthenticateAsync(http);
        throw ApiTable.Unknown(http.Request.Method, http.Request.Path);
    });

    /// <summary>Answers everything on a node that is not there to answer.</summary>
    public Task RefuseAllAsync(HttpContext http) => GuardAsync(http, () => throw new ApiException(503, ErrorTypes.Status,
        "this node runs jobs and does not answer the API; ask one whose [mlactors.cluster.roles] have gateway"));

    private async Task GuardAsync(HttpContext http, Func<Task> answer)
    {
        if (services.Options.ProductHeader) http.Response.Headers["X-Elastic-Product"] = "Elasticsearch";
        try
        {
            await answer();
        }
        catch (Exception gone) when (http.RequestAborted.IsCancellationRequested)
        {
            Log.ClientGone(logger, http.Request.Method, http.Request.Path, gone.GetType().Name);
            if (!http.Response.HasStarted) http.Response.StatusCode = ClientClosedRequest;
        }
        catch (Exception exception)
        {
            await AnswerErrorAsync(http, exception);
        }
    }

    private async Task AnswerErrorAsync(HttpContext http, Exception exception)
    {
        var error = ErrorMapping.From(exception);
        if (error is null)
        {
            // The client gets an id and no more: the exception may name what is not for it.
            var id = http.TraceIdentifier;
            Log.Defect(logger, exception, id, http.Request.Method, http.Request.Path);
            error = new ApiException(500, ErrorTypes.Unexpected, $"an unexpected error happened; the server's log describes it under the id [{id}]");
        }
        if (http.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            Log.BrokenOff(logger, exception, http.Request.Method, http.Request.Path);
            http.Abort();
            return;
        }
        if (error.Status is 401 or 403) Log.Denied(logger, error.Status, http.Request.Method, http.Request.Path, error.Message);
        http.Response.Clear();
        if (services.Options.ProductHeader) http.Response.Headers["X-Elastic-Product"] = "Elasticsearch";
        // The rest of a body is not read, so the connection cannot go on: the client has to know, or its next request on it would be lost.
        if (error.Status == 413 || RequestBody.MayBeLong(http.Request)) http.Response.Headers.Connection = "close";
        if (!MediaTypes.TryNegotiate(http.Request.Headers.Accept.ToString(), text: false, out var contentType)) contentType = MediaTypes.Json;
        await ResponseWriter.WriteErrorAsync(http, error, contentType, http.Request.Query.TryGetValue("pretty", out var pretty) && pretty != "false");
    }

    private static string Negotiate(HttpRequest request, ApiEndpoint endpoint)
    {
        var accept = request.Headers.Accept.ToString();
        if (MediaTypes.TryNegotiate(accept, endpoint.IsText, out var contentType)) return contentType;
        throw new ApiException(406, ErrorTypes.MediaType,
            $"the Accept header [{accept}] asks for nothing that can be sent; accept {MediaTypes.Json}"
                + (endpoint.IsText ? $" or {MediaTypes.PlainText}" : ""));
    }

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, ApiEndpoint endpoint)
    {
        if (!RequestBody.IsPresent(request))
        {
            return endpoint.Body switch
            {
                BodyKind.Json => throw ApiException.Parse($"[{request.Method} {request.Path}] needs a JSON body"),
                _ => default,
            };
        }
        if (endpoint.Body == BodyKind.Stream)
        {
            RequireJson(request, records: true);
            return default;
        }
        var body = await RequestBody.ReadAsync(request, services.Options.MaxBodyBytes, request.HttpContext.RequestAborted);
        if (body.IsEmpty) return endpoint.Body == BodyKind.Json ? throw ApiException.Parse($"[{request.Method} {request.Path}] needs a JSON body") : body;
        if (endpoint.Body == BodyKind.None)
            throw ApiException.IllegalArgument($"[{request.Method} {request.Path}] does not take a body; give parameters in the query");
        RequireJson(request, records: false);
        return body;
    }

    private static void RequireJson(HttpRequest request, bool records)
    {
        if (MediaTypes.IsJson(request.ContentType, records)) return;
        var expected = records ? $"{MediaTypes.Json} or {MediaTypes.NdJson}" : MediaTypes.Json;
        throw new ApiException(415, ErrorTypes.MediaType, string.IsNullOrEmpty(request.ContentType)
            ? $"the request has a body but no Content-Type header; send {expected}"
            : $"Content-Type [{request.ContentType}] is not supported here; send {expected}");
    }

    private static partial class Log
    {
        [LoggerMessage(3100, LogLevel.Error, "Request {Id} failed unexpectedly: {Method} {Path}")]
        public static partial void Defect(ILogger logger, Exception exception, string id, string method, string path);

        [LoggerMessage(3101, LogLevel.Warning, "The answer was broken off: {Method} {Path}")]
        public static partial void BrokenOff(ILogger logger, Exception exception, string method, string path);

        [LoggerMessage(3102, LogLevel.Debug, "The client went away ({Exception}): {Method} {Path}")]
        public static partial void ClientGone(ILogger logger, string method, string path, string exception);

        [LoggerMessage(3103, LogLevel.Information, "Denied with {Status}: {Method} {Path}: {Reason}")]
        public static partial void Denied(ILogger logger, int status, string method, string path, string reason);
    }
}
