using MlActors.Analysis.Input;

namespace MlActors.Datafeeds.Files;

/// <summary>Opens a file in its format.</summary>
internal static class FileFormats
{
    // Also a byte order mark.
    private static readonly byte[] Blank = [0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];

    /// <returns><c>null</c> when there is too little of the file to begin with.</returns>
    public static async Task<RecordFile?> OpenAsync(SourceFile file, FileSettings settings, BatchSchema schema, CancellationToken cancellation) =>
        (settings.Format == FileFormat.Auto ? FormatOf(file) : settings.Format) switch
        {
            FileFormat.Parquet => await ParquetFile.OpenAsync(file, schema, settings.Times, cancellation),
            FileFormat.Ndjson => new NdjsonFile(file, schema, settings.Times),
            _ => CsvFile.Open(file, schema, settings.Times),
        };

    // By the first byte that says something; of a compressed file, by its name.
    private static FileFormat FormatOf(SourceFile file)
    {
        if (file.Head.AsSpan().StartsWith("PAR1"u8)) return FileFormat.Parquet;
        if (!file.MayGrow) return file.Name.Contains("json", StringComparison.OrdinalIgnoreCase) || file.Name.Contains(".log", StringComparison.OrdinalIgnoreCase) ? FileFormat.Ndjson : FileFormat.Csv;
        return file.Head.AsSpan().TrimStart(Blank).StartsWith("{"u8) ? FileFormat.Ndjson : FileFormat.Csv;
    }
}
