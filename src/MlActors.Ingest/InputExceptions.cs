using System.Globalization;

namespace MlActors.Ingest;

/// <summary>The body of an upload cannot be read on. All of these are the client's to repair.</summary>
public abstract class UnreadableInputException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Too many records of one upload are not JSON objects.</summary>
/// <param name="damaged">How many there were.</param>
/// <param name="offset">Position of the last damage in the decompressed body, in bytes from 0.</param>
/// <param name="line">Its line, from 1.</param>
public sealed class MalformedInputException(int damaged, long offset, long line)
    : UnreadableInputException(string.Create(CultureInfo.InvariantCulture,
        $"The input JSON data is malformed: {damaged} records cannot be read, the last one fails at byte {offset} (line {line})"))
{
    public int Damaged { get; } = damaged;

    public long Offset { get; } = offset;

    public long Line { get; } = line;
}

/// <summary>A record is longer than an upload may hold in memory.</summary>
/// <param name="offset">Where the record starts in the decompressed body, in bytes from 0.</param>
/// <param name="limit">The longest record that is read, in bytes.</param>
public sealed class RecordTooLargeException(long offset, int limit)
    : UnreadableInputException(string.Create(CultureInfo.InvariantCulture,
        $"The record that starts at byte {offset} is longer than the limit of {limit} bytes"))
{
    public long Offset { get; } = offset;

    public int Limit { get; } = limit;
}

/// <summary>The compressed body is damaged or cut short.</summary>
public sealed class DamagedContentException(string encoding, Exception? inner = null)
    : UnreadableInputException($"The body is not valid {encoding} data", inner)
{
    public string Encoding { get; } = encoding;
}

/// <summary>The body has a Content-Encoding that is not understood: 415.</summary>
public sealed class UnsupportedContentEncodingException(string encoding)
    : UnreadableInputException($"The content encoding [{encoding}] is not supported; use gzip, deflate, br or none")
{
    public string Encoding { get; } = encoding;
}
