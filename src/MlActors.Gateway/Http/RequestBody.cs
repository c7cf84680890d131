using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;

namespace MlActors.Gateway.Http;

/// <summary>Reads request bodies within their limits, compressed ones too.</summary>
public static class RequestBody
{
    /// <summary>Sets what the server enforces: no limit and no lowest speed for uploads, which the jobs may slow down; a limit of size for the rest.</summary>
    public static void SetLimits(HttpContext http, ApiEndpoint endpoint, GatewayOptions options)
    {
        var isUpload = endpoint.Body == BodyKind.Stream;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = isUpload ? null : options.MaxBodyBytes;
        if (isUpload && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    /// <summary>Whether the request announces a body.</summary>
    public static bool IsPresent(HttpRequest request) =>
        request.ContentLength is > 0
        || (request.ContentLength is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true);

    /// <summary>The body as it is meant: decompressed.</summary>
    /// <exception cref="ApiException">415: compressed in a way that is not understood.</exception>
    public static Stream Open(HttpRequest request) => request.Headers.ContentEncoding.ToString().ToLowerInvariant() switch
    {
        "" or "identity" => request.Body,
        "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress),
        var other => throw new ApiException(415, ErrorTypes.MediaType, $"Content-Encoding [{other}] is not supported; send gzip, deflate or no compression"),
    };

    /// <exception cref="ApiException">413: more than <paramref name="limit"/> bytes; 400: damaged compression.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, long limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit) throw ErrorMapping.TooLarge($"the body has {request.ContentLength} bytes; at most {limit} are taken");
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 1024, 256, 1 << 20));
        var body = Open(request);
        try
        {
            while (await body.ReadAsync(buffer.GetMemory(4096), cancellation) is var read and > 0)
            {
                buffer.Advance(read);
                if (buffer.WrittenCount > limit) throw ErrorMapping.TooLarge($"the body has more than {limit} bytes, which is the most that is taken");
            }
        }
        catch (InvalidDataException damaged)
        {
            throw ApiException.Parse("the compressed body is damaged", damaged);
        }
        return buffer.WrittenMemory;
    }
}
