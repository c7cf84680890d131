namespace MlActors.Ingest;

/// <summary>Where a record has its time, and how it is written.</summary>
/// <param name="TimeField">Name of the time field, a dotted path when it is nested.</param>
/// <param name="TimeFormat"><c>epoch</c> (seconds), <c>epoch_ms</c>, or a Java date pattern; a pattern without a zone is read as UTC.</param>
public sealed record RecordFormat(string TimeField = "time", string TimeFormat = "epoch_ms");

/// <summary>The limits of one upload. The defaults are those of the API.</summary>
public sealed record RecordReaderOptions
{
    /// <summary>The longest record that is read, in bytes. It bounds the memory of an upload.</summary>
    public int MaxRecordBytes { get; init; } = 16 << 20;

    /// <summary>The damaged record with this number ends the upload.</summary>
    public int MaxMalformedRecords { get; init; } = 100;

    /// <summary>A batch is cut when its arrays and strings take this many bytes of memory; one record may take it over the limit.</summary>
    public int MaxBatchBytes { get; init; } = 1 << 19;
}
