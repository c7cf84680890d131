using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MlActors.Datafeeds.Paging;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Http;

/// <summary>Asks one server over HTTP, with its credentials. Answers are JSON of bounded size. Safe to be used by many readers.</summary>
internal sealed class HttpCaller : IDisposable
{
    /// <summary>The longest answer that is taken, in bytes.</summary>
    public const int MaxAnswerBytes = 64 << 20;

    private const int ShownOfAnError = 300;

    private readonly HttpOptions _options;
    private readonly HttpClient _client;
    private readonly int _maxBytes;

    public HttpCaller(HttpOptions options, int maxBytes = MaxAnswerBytes)
    {
        (_options, _maxBytes) = (options, maxBytes);
        var handler = new SocketsHttpHandler
        {
            // Credentials go where the configuration says, and nowhere else.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        };
        if (options.RootCertificate.Length > 0) handler.SslOptions = RootAuthority.Trust(options.RootCertificate);
        // The time limit is that of a page (Deadline).
        _client = new HttpClient(handler) { BaseAddress = options.Url, Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _client.DefaultRequestHeaders.Authorization = Credentials(options);
    }

    /// <summary>Sends a request.</summary>
    /// <param name="path">Below the address of the connection.</param>
    /// <exception cref="HttpRefusal">The answer is no success.</exception>
    /// <exception cref="AnswerTooLargeException">It is too long.</exception>
    public async Task<JsonDocument> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            var body = await ReadAsync(response, cancellation);
            return response.IsSuccessStatusCode ? JsonDocument.Parse(body) : throw new HttpRefusal(response.StatusCode, body);
        }
        catch (SocketException lost)
        {
            // So shows, bare, a connection that is lost at the moment it is made.
            throw new HttpRequestException("The connection was lost as soon as it was made.", lost);
        }
    }

    /// <summary>What an exception of <see cref="SendAsync"/> means; <c>null</c> when it is none.</summary>
    /// <param name="reasonOf">Finds the server's own words in the JSON of a refusal.</param>
    public SourceException? Explain(Exception cause, Func<JsonElement, string?> reasonOf)
    {
        var place = $"connection [{_options.Name}]";
        return cause switch
        {
            HttpRefusal refusal => new($"{place}: {Meaning(refusal, reasonOf)}", IsPermanent(refusal.Status), cause),
            AnswerTooLargeException => new($"{place}: {cause.Message}", isPermanent: true, cause),
            HttpRequestException or IOException => new($"{place} at {_options.Address}: {(cause.InnerException is { } inner ? $"{cause.Message} {inner.Message}" : cause.Message)}", inner: cause),
            OperationCanceledException => new($"{place} at {_options.Address}: it cannot be connected to within {TimeValue.Format(_options.ConnectTimeout)}", inner: cause),
            JsonException or KeyNotFoundException or InvalidOperationException or FormatException =>
                new($"{place}: {_options.Address} does not answer as a server of type [{_options.Type}] does: {cause.Message}", inner: cause),
            _ => null,
        };
    }

    public void Dispose() => _client.Dispose();

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[(int)Math.Clamp(response.Content.Headers.ContentLength ?? 0, 1 << 16, _maxBytes)];
        var length = 0;
        while (await stream.ReadAsync(buffer.AsMemory(length), cancellation) is > 0 and var read)
        {
            length += read;
            if (length < buffer.Length) continue;
            if (length >= _maxBytes) throw new AnswerTooLargeException(_maxBytes);
            Array.Resize(ref buffer, Math.Min(_maxBytes, buffer.Length * 2));
        }
        return buffer.AsMemory(0, length);
    }

    private static string Meaning(HttpRefusal refusal, Func<JsonElement, string?> reasonOf)
    {
        var said = Said(refusal.Body, reasonOf);
        return refusal.Status switch
        {
            HttpStatusCode.Unauthorized => $"the server does not accept the credentials (401): {said}",
            HttpStatusCode.Forbidden => $"the credentials do not give the right to read this (403): {said}",
            HttpStatusCode.NotFound => $"there is no such thing (404): {said}",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => $"the server sends us elsewhere ({(int)refusal.Status}); set its final address as [url]",
            _ => $"{said} ({(int)refusal.Status})",
        };
    }

    private static string Said(ReadOnlyMemory<byte> body, Func<JsonElement, string?> reasonOf)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (reasonOf(document.RootElement) is { } reason) return reason;
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            // Not JSON, or other JSON than we know: its beginning says more than nothing.
        }
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, ShownOfAnError)]).ReplaceLineEndings(" ").Trim();
        return text.Length == 0 ? "without a reason" : text;
    }

    // Other refusals pass: too many requests, a restart, a proxy that lost its server.
    private static bool IsPermanent(HttpStatusCode status) =>
        (int)status is >= 300 and < 500 and not (408 or 409 or 421 or 422 or 425 or 429);

    private static AuthenticationHeaderValue? Credentials(HttpOptions options)
    {
        if (!options.Token.IsEmpty) return new("Bearer", options.Token.Reveal());
        if (!options.ApiKey.IsEmpty) return new("ApiKey", options.ApiKey.Reveal());
        return options.User.Length == 0 ? null : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password.Reveal()}")));
    }
}

/// <summary>The server answered, but not with success.</summary>
internal sealed class HttpRefusal(HttpStatusCode status, ReadOnlyMemory<byte> body) : Exception($"status {(int)status}")
{
    public HttpStatusCode Status { get; } = status;

    public ReadOnlyMemory<byte> Body { get; } = body;
}

/// <summary>An answer is longer than may be held in memory.</summary>
internal sealed class AnswerTooLargeException(int bytes) : Exception($"an answer is longer than {bytes >> 20} MiB: ask for less at a time, or for fewer series");
