using System.Globalization;
using MlActors.Documents.Store;

namespace MlActors.Datafeeds.Index;

/// <summary>The place of a document as a cursor: <c>time/index/sequence number</c>.</summary>
internal static class IndexCursor
{
    public static string Write(DocumentPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{position.TimeMs}/{position.IndexNumber}/{position.Seq}");

    /// <returns><c>null</c> when it is none.</returns>
    public static DocumentPosition? Read(string? cursor) =>
        cursor?.Split('/') is [var time, var index, var seq] && Number(time, out var ms) && Number(index, out var number) && Number(seq, out var at)
            ? new DocumentPosition(ms, number, at)
            : null;

    private static bool Number(string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
