using System.Text.Json;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Checking;

/// <summary>What is stored as JSON must be JSON: results as they are answered, documents, what is read as a whole.</summary>
internal static class DocumentTextCheck
{
    private const int RowsBetweenReports = 10_000;
    private static readonly string[] Columns = ["document", "config", "source", "settings", "mappings"];

    public static void Run(ReadSession session, IEnumerable<TableShape> tables, Findings findings, Action<string>? progress, CancellationToken cancellation)
    {
        foreach (var table in tables)
        {
            foreach (var column in table.Columns.Select(column => column.Name).Where(name => Array.IndexOf(Columns, name) >= 0))
            {
                using var rows = session.Execute($"SELECT {column}, {table.KeyList} FROM {table.Name}");
                for (var count = 1L; rows.Read(); count++)
                {
                    if (count % RowsBetweenReports == 0)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        progress?.Invoke($"{table.Name}: checked {count} rows");
                    }
                    if (IsJson(rows.GetFieldValue<byte[]>(0))) continue;
                    var key = string.Join("/", table.Key.Select((_, i) => rows.GetValue(i + 1)));
                    findings.Add($"{table.Name}.{column} that is no JSON", $"[{table.Name}.{column}] of [{key}] is no JSON", "restore a backup; without one, delete this row");
                }
            }
        }
    }

    private static bool IsJson(byte[] json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
