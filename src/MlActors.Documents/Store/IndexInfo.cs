using MlActors.Documents.Indices;

namespace MlActors.Documents.Store;

/// <summary>What an index was asked to be.</summary>
/// <param name="Uuid">22 characters, made by whoever creates it.</param>
/// <param name="TimeField">The field that gives a document its time; empty: the time of its arrival; <c>null</c>: the first document will decide.</param>
/// <param name="Settings">Settings as given, a JSON object.</param>
/// <param name="Mappings">Mappings as given, a JSON object.</param>
/// <param name="Retention">How long documents are kept, by their time; <c>null</c>: the server's default.</param>
public sealed record IndexDefinition(string Name, string Uuid, string? TimeField, string Settings, string Mappings, TimeSpan? Retention, long CreatedMs);

/// <summary>An index as it is stored.</summary>
/// <param name="Number">Its own for ever: an index created anew under the same name has another one.</param>
/// <param name="Documents">How many there are.</param>
/// <param name="Bytes">Bytes of their sources.</param>
/// <param name="EarliestMs">No document is earlier; may be too early after deletions.</param>
/// <param name="LatestMs">No document is later; may be too late after deletions.</param>
public sealed record IndexInfo(long Number, IndexDefinition Definition, long Documents, long Bytes, long NextSeq, long EarliestMs, long LatestMs)
{
    private IndexMapping? _mapping;

    public string Name => Definition.Name;

    /// <summary>The field that gives a document its time; empty: none does, or not yet.</summary>
    public string TimeField => Definition.TimeField ?? "";

    /// <summary>For <see cref="DocumentId"/>.</summary>
    public uint Tag => TagOf(Definition.Uuid);

    /// <summary>The types of its fields, as far as its mappings name them.</summary>
    public IndexMapping Mapping => _mapping ??= IndexMapping.Of(Definition);

    public string IdOf(DocumentPage page, int i) => page.GivenIdOf(i) ?? DocumentId.Make(Tag, page.TimeMsOf(i), page.SeqOf(i));

    /// <summary>A stable hash of 24 bits (FNV-1a, folded).</summary>
    public static uint TagOf(string uuid)
    {
        var hash = 2166136261u;
        foreach (var letter in uuid) hash = unchecked((hash ^ letter) * 16777619);
        return (hash ^ (hash >> 24)) & 0xFFFFFF;
    }
}
