using System.Text.Json;

namespace MlActors.Gateway.Api;

/// <summary>The answer of a handler. Exactly one of the bodies is set.</summary>
public sealed record ApiResult(int Status)
{
    /// <summary>Writes JSON; may flush on the way, so that a long list needs no memory.</summary>
    public Func<JsonOutput, Task>? Body { get; init; }

    /// <summary>Plain text.</summary>
    public string? PlainText { get; init; }

    /// <summary>JSON that was written before.</summary>
    public ReadOnlyMemory<byte>? Stored { get; init; }

    public static ApiResult Json(Action<Utf8JsonWriter> write, int status = 200) => new(status)
    {
        Body = output =>
        {
            write(output.Json);
            return Task.CompletedTask;
        },
    };

    public static ApiResult Stream(Func<JsonOutput, Task> write) => new(200) { Body = write };

    public static ApiResult Text(string text) => new(200) { PlainText = text };

    public static ApiResult Bytes(ReadOnlyMemory<byte> json, int status = 200) => new(status) { Stored = json };

    public static ApiResult Acknowledged() => Json(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("acknowledged", true);
        json.WriteEndObject();
    });

    /// <summary>The id of work that goes on in the background.</summary>
    public static ApiResult Background(string taskId) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("task", taskId);
        json.WriteEndObject();
    });
}
