using System.Text.Json;
using System.Text.Json.Serialization;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Transfer;

/// <summary>
/// The form of an export, inside of gzip: the line <c>MLACTORS EXPORT 1</c>, then records, each a byte and what it stands for. <c>H</c>: the header, first of all.
/// <c>T</c>: a table begins. <c>R</c>: one of its rows, value after value: a byte for the kind, then a whole number as zigzag variable-length, a double as 8
/// bytes, or a length and bytes. <c>E</c>: the table is over; its number of rows, and one more than the number that its database counted to, 0 for none. <c>Z</c>: the export is over;
/// the number of all rows, and the XxHash128 of all bytes before. Lengths and numbers of rows are variable-length; header and table are a length and JSON.
/// </summary>
internal static class ExportFormat
{
    public const int Version = 1;
    public const string FirstWords = "MLACTORS EXPORT ";
    public const byte Header = (byte)'H';
    public const byte Table = (byte)'T';
    public const byte Row = (byte)'R';
    public const byte EndOfTable = (byte)'E';
    public const byte End = (byte)'Z';

    /// <summary>No database has a larger value.</summary>
    public const int MostBytes = 1 << 30;

    /// <summary>A database does not take a row, as when the table has its key already: before the checksum was seen, that is likely what a byte that changed does.</summary>
    public static StoreException Refused(TableShape table, string why, Exception cause) =>
        new($"The table [{table}] cannot be imported: {why.TrimEnd('.')}. Nothing was imported; the export is damaged, make it again, or copy it again.", cause, StoreFailure.Fault);

    public static StoreException Damaged(string what) => new($"The export is damaged: {what}. Nothing was imported; make the export again, or copy it again.", null, StoreFailure.Fault);
}

/// <summary>What an export says of itself.</summary>
/// <param name="Product">The version of MlActors that wrote it.</param>
/// <param name="Schema">The version of the schema of the jobs.</param>
/// <param name="DocumentsSchema">That of the documents.</param>
/// <param name="From">The kind of database.</param>
internal sealed record ExportHeader(string Product, int Schema, int DocumentsSchema, string From)
{
    public SchemaVersions Versions => new(Schema, DocumentsSchema);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ExportHeader))]
[JsonSerializable(typeof(TableShape))]
internal sealed partial class ExportJson : JsonSerializerContext;
