using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Ingest;

namespace MlActors.Gateway.Http;

/// <summary>Reads request bodies within their limits, compressed ones too.</summary>
public static class RequestBody
{
    private const long ShortBody = 64 << 10;

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

    /// <summary>Whether reading what is left of the body only to throw it away could take long.</summary>
    public static bool MayBeLong(HttpRequest request) => IsPresent(request) && request.ContentLength is not <= ShortBody;

    /// <exception cref="ApiException">413: more than <paramref name="limit"/> bytes.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, long limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit) throw ErrorMapping.TooLarge($"the body has {request.ContentLength} bytes; at most {limit} are taken");
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 1024, 256, 1 << 20));
        await using var body = BodyDecoder.Open(request.BodyReader, request.Headers.ContentEncoding.ToString());
        while (true)
        {
            var read = await body.Reader.ReadAsync(cancellation);
            if (buffer.WrittenCount + read.Buffer.Length > limit)
                throw ErrorMapping.TooLarge($"the body has more than {limit} bytes, which is the most that is taken");
            foreach (var segment in read.Buffer) buffer.Write(segment.Span);
            body.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return buffer.WrittenMemory;
        }
    }
}
