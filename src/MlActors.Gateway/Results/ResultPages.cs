using MlActors.Gateway.Api;
using MlActors.Jobs.Results;

namespace MlActors.Gateway.Results;

/// <summary>Pages of stored documents as answers.</summary>
internal static class ResultPages
{
    /// <param name="list">What the list of documents is called.</param>
    public static ApiResult AsResult(this ResultPage page, string list, CancellationToken aborted) => page.AsResult(list, (output, document) =>
    {
        output.WriteDocument(document.Span);
        return Task.CompletedTask;
    }, aborted);

    /// <param name="write">Writes one document as a value.</param>
    public static ApiResult AsResult(this ResultPage page, string list, Func<JsonOutput, ReadOnlyMemory<byte>, Task> write, CancellationToken aborted) =>
        ApiResult.Stream(async output =>
        {
            output.Json.WriteStartObject();
            output.Json.WriteNumber("count", page.Count);
            output.Json.WriteStartArray(list);
            foreach (var document in page.Documents)
            {
                await write(output, document);
                await output.FlushIfFullAsync(aborted);
            }
            output.Json.WriteEndArray();
            output.Json.WriteEndObject();
        });
}
