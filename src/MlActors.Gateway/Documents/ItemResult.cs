using System.Text.Json;
using MlActors.Documents.Store;
using MlActors.Gateway.Errors;

namespace MlActors.Gateway.Documents;

/// <summary>How one change of a document went, in the terms of the API.</summary>
/// <param name="Outcome"><c>null</c>: it was refused, see <paramref name="Error"/>.</param>
internal readonly record struct ItemResult(WriteKind Kind, string Index, string? Id, WriteOutcome? Outcome, ItemError? Error)
{
    public int Status => Error?.Status ?? (Outcome!.Result switch
    {
        WriteResult.Created => 201,
        WriteResult.NotFound => 404,
        _ => 200,
    });

    public bool IsError => Error is not null;

    public static ItemResult Refused(WriteKind kind, string index, string? id, int status, string type, string reason) =>
        new(kind, index, id, null, new ItemError(status, type, reason));

    public static ItemResult Of(WriteKind kind, string index, WriteOutcome outcome) => outcome.Result == WriteResult.Conflict
        ? Refused(kind, index, outcome.Id, 409, ErrorTypes.VersionConflict, $"[{outcome.Id}]: version conflict, document already exists (current version [{outcome.Version}])")
        : new(kind, index, outcome.Id, outcome, null);

    /// <summary>Writes the members of the item into the object that is open.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("_index", Index);
        if (Id is not null) json.WriteString("_id", Id);
        else if (Error is not null) json.WriteNull("_id");
        if (Outcome is { } outcome)
        {
            json.WriteNumber("_version", outcome.Version);
            json.WriteString("result", outcome.Result switch
            {
                WriteResult.Created => "created",
                WriteResult.Updated => "updated",
                WriteResult.Deleted => "deleted",
                _ => "not_found",
            });
            Shards.Write(json, 1);
            json.WriteNumber("_seq_no", outcome.Seq);
            json.WriteNumber("_primary_term", 1);
        }
    }
}

internal sealed record ItemError(int Status, string Type, string Reason);
