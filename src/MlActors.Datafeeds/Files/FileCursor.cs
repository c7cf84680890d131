using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace MlActors.Datafeeds.Files;

/// <summary>
/// How far the files of a pattern were read: which one, up to where, how it began (to see when another file took its name), and the time before which records are left
/// out.
/// </summary>
/// <param name="Pattern">Hash of the pattern: the cursor means nothing for another.</param>
/// <param name="SinceMs">Start of the reading that began without a cursor, epoch milliseconds.</param>
/// <param name="Position">What of the file was read: bytes after decompression, or rows of a Parquet file.</param>
/// <param name="HeadBytes">How many of its first bytes, as stored, were looked at.</param>
/// <param name="Head">Hash of these.</param>
internal sealed record FileCursor(ulong Pattern, string File, long SinceMs, long Position, int HeadBytes, ulong Head)
{
    /// <summary>How many of the first bytes of a file tell it apart.</summary>
    public const int MostHeadBytes = 64;

    public static FileCursor After(string pattern, string file, long sinceMs, long position, byte[] head) =>
        new(Print(pattern), file, sinceMs, position, head.Length, XxHash64.HashToUInt64(head));

    /// <returns><c>null</c> when it is none of these files, as after a change of the datafeed.</returns>
    public static FileCursor? Parse(string? text, string pattern) =>
        text?.Split(' ', 6) is [var print, var since, var position, var headBytes, var head, var file]
        && Hash(print, out var patternHash) && patternHash == Print(pattern) && Number(since, out var sinceMs) && Number(position, out var at) && Number(headBytes, out var bytes)
        && Hash(head, out var hash)
            ? new(patternHash, file, sinceMs, at, (int)bytes, hash)
            : null;

    /// <summary>Whether a file that begins so is still the one.</summary>
    public bool Fits(byte[] head) => head.Length >= HeadBytes && XxHash64.HashToUInt64(head.AsSpan(0, HeadBytes)) == Head;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pattern:x} {SinceMs} {Position} {HeadBytes} {Head:x} {File}");

    private static ulong Print(string pattern) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(pattern));

    private static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static bool Hash(string text, out ulong hash) => ulong.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out hash);
}
