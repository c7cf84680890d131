using System.Globalization;
using System.IO.Hashing;

namespace MlActors.Datafeeds.Files;

/// <summary>
/// How far files were read: which one, up to where, how it began (to see when another file took its name), and the time before which records are left
/// out.
/// </summary>
/// <param name="SinceMs">Start of the reading that began without a cursor, epoch milliseconds.</param>
/// <param name="Position">What of the file was read: bytes after decompression, or rows of a Parquet file.</param>
/// <param name="HeadBytes">How many of its first bytes, as stored, were looked at.</param>
/// <param name="Head">Hash of these.</param>
internal sealed record FileCursor(string File, long SinceMs, long Position, int HeadBytes, ulong Head)
{
    /// <summary>How many of the first bytes of a file tell it apart.</summary>
    public const int MostHeadBytes = 64;

    /// <summary>The cursor after reading a file up to a position.</summary>
    public static FileCursor After(string file, long sinceMs, long position, byte[] head) => new(file, sinceMs, position, head.Length, XxHash64.HashToUInt64(head));

    /// <exception cref="FormatException">It is no cursor of files.</exception>
    public static FileCursor Parse(string text)
    {
        if (text.Split(' ', 5) is not [var since, var position, var headBytes, var head, var file]) throw new FormatException("the position of the datafeed is not one of files");
        return new(file, long.Parse(since, CultureInfo.InvariantCulture), long.Parse(position, CultureInfo.InvariantCulture), int.Parse(headBytes, CultureInfo.InvariantCulture),
            ulong.Parse(head, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a file that begins so is still the one.</summary>
    public bool Fits(byte[] head) => head.Length >= HeadBytes && XxHash64.HashToUInt64(head.AsSpan(0, HeadBytes)) == Head;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SinceMs} {Position} {HeadBytes} {Head:x} {File}");
}
