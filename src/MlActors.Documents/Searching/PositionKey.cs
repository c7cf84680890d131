using System.Globalization;
using MlActors.Documents.Store;

namespace MlActors.Documents.Searching;

/// <summary>The place of a document as a text: a value that a client gives back in <c>search_after</c>, a cursor of a datafeed.</summary>
public static class PositionKey
{
    public static string Format(DocumentPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{position.TimeMs}:{position.IndexNumber}:{position.Seq}");

    public static bool TryParse(string? text, out DocumentPosition position)
    {
        position = default;
        var parts = text?.Split(':') ?? [];
        if (parts.Length != 3 || !Read(parts[0], out var time) || !Read(parts[1], out var index) || !Read(parts[2], out var seq)) return false;
        position = new DocumentPosition(time, index, seq);
        return true;

        static bool Read(string part, out long number) => long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}
