using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;

namespace MlActors.Gateway.Http;

/// <summary>Sends results and errors in the form that the client asked for.</summary>
internal static class ResponseWriter
{
    public static async Task WriteAsync(ApiCall call, ApiResult result, string contentType)
    {
        var response = call.Http.Response;
        if (result.PlainText is { } text)
        {
            Begin(response, result.Status, MediaTypes.IsText(contentType) ? contentType : MediaTypes.PlainText + "; charset=UTF-8");
            await SendAsync(call.Http, Encoding.UTF8.GetBytes(text));
            return;
        }
        // A handler may answer in JSON where text is the default, and then that is what it is.
        if (MediaTypes.IsText(contentType)) contentType = MediaTypes.Json;
        var filter = call.Get(Parameters.FilterPath);
        var pretty = call.Get(Parameters.Pretty);
        Begin(response, result.Status, contentType);
        await using var output = new JsonOutput(pretty && filter.Length == 0, filter.Length == 0 ? response.Body : null);
        if (result.Stored is { } stored)
            output.WriteDocument(stored.Span);
        else if (result.Body is { } write)
            await write(output);
        var rest = output.Finish();
        if (filter.Length > 0) rest = Filter(rest, filter, pretty);
        await SendAsync(call.Http, rest);
    }

    /// <param name="contentType">JSON of some kind.</param>
    public static async Task WriteErrorAsync(HttpContext http, ApiException error, string contentType, bool pretty)
    {
        Begin(http.Response, error.Status, MediaTypes.IsText(contentType) ? MediaTypes.Json : contentType);
        if (!error.Challenges.IsEmpty) http.Response.Headers.WWWAuthenticate = error.Challenges.ToArray();
        if (!error.Allow.IsEmpty) http.Response.Headers.Allow = string.Join(", ", error.Allow);
        await using var output = new JsonOutput(pretty, target: null);
        ErrorBody.Write(output.Json, error);
        await SendAsync(http, output.Finish());
    }

    private static void Begin(HttpResponse response, int status, string contentType)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.XContentTypeOptions = "nosniff";
    }

    private static async Task SendAsync(HttpContext http, ReadOnlyMemory<byte> rest)
    {
        if (!http.Response.HasStarted) http.Response.ContentLength = rest.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(rest, http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Filter(ReadOnlyMemory<byte> json, string[] patterns, bool pretty)
    {
        using var document = JsonDocument.Parse(json);
        var options = new JsonSerializerOptions { WriteIndented = pretty, Encoder = JsonOutput.Options(pretty).Encoder };
        return JsonSerializer.SerializeToUtf8Bytes(ResponseFilter.Apply(document.RootElement, patterns), options);
    }
}
