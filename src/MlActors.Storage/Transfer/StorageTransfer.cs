using System.Globalization;
using MlActors.Jobs;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Transfer;

/// <summary>How far it is.</summary>
/// <param name="Bytes">Without compression.</param>
public readonly record struct TransferProgress(string Table, long Rows, long Bytes);

/// <summary>What was moved.</summary>
/// <param name="Bytes">Without compression.</param>
/// <param name="ChangedTexts">Texts that the target cannot hold as they were.</param>
public sealed record TransferSummary(int Tables, long Rows, long Bytes, long ChangedTexts, string Product);

/// <summary>Moves all rows of a storage into an export, and back.</summary>
internal static class StorageTransfer
{
    private const int RowsBetweenReports = 4096;

    public static TransferSummary Export(RowSource source, Stream target, Action<TransferProgress>? progress, CancellationToken cancellation)
    {
        using var writer = new ExportWriter(target, new ExportHeader(ServerInfo.Version, source.Versions.Jobs, source.Versions.Documents, source.Kind));
        var rows = 0L;
        foreach (var table in source.Tables)
        {
            writer.BeginTable(table);
            foreach (var row in source.Read(table))
            {
                writer.Write(row);
                if (++rows % RowsBetweenReports != 0) continue;
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(new TransferProgress(table.Name, rows, writer.Bytes));
            }
            writer.EndTable(source.Counted(table));
        }
        writer.Finish(rows);
        return new TransferSummary(source.Tables.Count, rows, writer.Bytes, 0, ServerInfo.Version);
    }

    public static TransferSummary Import(Stream source, RowTarget target, Action<TransferProgress>? progress, CancellationToken cancellation)
    {
        using var reader = new ExportReader(source);
        CheckVersions(reader.Header);
        target.Prepare(reader.Header.Versions);
        var missing = target.Tables.ToDictionary(table => (table.Part, table.Name));
        var (row, tables) = (new RowBuffer(), 0);
        while (reader.NextTable() is { } table)
        {
            if (!missing.Remove((table.Part, table.Name), out var known)) throw ExportFormat.Damaged($"its table [{table}] is unknown or comes twice");
            if (!table.Columns.OrderBy(column => column.Name, StringComparer.Ordinal).SequenceEqual(known.Columns.OrderBy(column => column.Name, StringComparer.Ordinal)))
                throw ExportFormat.Damaged($"its table [{table}] has other columns than schema {reader.Header.Versions[table.Part]}");
            target.Begin(table);
            long? counted;
            while (reader.Read(row, out counted))
            {
                CheckKinds(table, row);
                target.Write(row);
                if (reader.Rows % RowsBetweenReports != 0) continue;
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(new TransferProgress(table.Name, reader.Rows, reader.Bytes));
            }
            target.End(counted);
            tables++;
            FaultPoints.Hit("import.table");
        }
        if (missing.Count > 0) throw ExportFormat.Damaged($"it lacks the table [{missing.Values.First()}]");
        cancellation.ThrowIfCancellationRequested();
        FaultPoints.Hit("import.complete");
        target.Complete();
        return new TransferSummary(tables, reader.Rows, reader.Bytes, target.ChangedTexts, reader.Header.Product);
    }

    private static void CheckVersions(ExportHeader header)
    {
        foreach (var part in Enum.GetValues<StoragePart>())
        {
            var (found, known) = (header.Versions[part], TransferTables.SchemaOf(part).CurrentVersion);
            if (found < 1) throw ExportFormat.Damaged("its schema has no version");
            if (found <= known) continue;
            throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"The export has schema {found} of the {(part == StoragePart.Jobs ? "jobs" : "documents")}, this version of ") +
                string.Create(CultureInfo.InvariantCulture, $"MlActors ({ServerInfo.Version}) knows {known}. Import it with MlActors {header.Product} or newer."));
        }
    }

    private static void CheckKinds(TableShape table, RowBuffer row)
    {
        for (var i = 0; i < table.Columns.Count; i++)
            if (row.Kind(i) is not ValueKind.Null and var kind && kind != table.Columns[i].Kind) throw ExportFormat.Damaged($"[{table}.{table.Columns[i].Name}] holds a {kind}");
    }
}
