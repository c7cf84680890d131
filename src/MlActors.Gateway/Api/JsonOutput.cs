using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MlActors.Gateway.Api;

/// <summary>JSON on its way to a client: collected in a buffer, which goes out whenever it is large and the handler says that it may.</summary>
/// <param name="target">Where the buffer goes; <c>null</c> keeps everything (for a filter over the whole).</param>
public sealed class JsonOutput(bool pretty, Stream? target) : IAsyncDisposable
{
    private const int FlushAt = 64 << 10;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private Utf8JsonWriter? _json;

    // The relaxed encoder leaves readable what needs no escape in JSON; the responses are never parts of a page.
    internal static JsonWriterOptions Options(bool pretty) =>
        new() { Indented = pretty, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public Utf8JsonWriter Json => _json ??= new Utf8JsonWriter(_buffer, Options(pretty));

    /// <summary>Writes a stored document as a value.</summary>
    public void WriteDocument(ReadOnlySpan<byte> utf8)
    {
        if (!pretty)
        {
            Json.WriteRawValue(utf8, skipInputValidation: true);
            return;
        }
        var reader = new Utf8JsonReader(utf8);
        JsonElement.ParseValue(ref reader).WriteTo(Json);
    }

    /// <summary>Sends what there is, when it is much. After the first sending an error can no longer become an answer.</summary>
    public async ValueTask FlushIfFullAsync(CancellationToken cancellation)
    {
        if (target is null || Json.BytesPending + _buffer.WrittenCount < FlushAt) return;
        Json.Flush();
        await target.WriteAsync(_buffer.WrittenMemory, cancellation);
        _buffer.ResetWrittenCount();
    }

    /// <summary>Everything not yet sent.</summary>
    internal ReadOnlyMemory<byte> Finish()
    {
        _json?.Flush();
        return _buffer.WrittenMemory;
    }

    public async ValueTask DisposeAsync()
    {
        if (_json is not null) await _json.DisposeAsync();
    }
}
