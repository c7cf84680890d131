using System.Data.Common;
using MlActors.Ingest;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Sql;

/// <summary>Which columns of a result are the fields of the job.</summary>
internal sealed class SqlColumns
{
    // One entry for each field that is read: the first field of a record is its time, and comes from the time column.
    private readonly (int Column, int Field, CellReader Cells)[] _fields;
    private readonly int _timeColumn;
    private readonly CellReader _timeCells;

    /// <exception cref="SourceException">A column is missing, is there twice, or has a type of which no field can be made.</exception>
    public SqlColumns(SqlDatabase database, DbDataReader reader, IReadOnlyList<string> fields, string timeColumn)
    {
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        _timeColumn = Find(names, timeColumn, "time column");
        _timeCells = database.ReaderOf(reader, _timeColumn);
        _fields = [.. fields.Select((name, field) => (name, field)).Skip(1).Select(pair =>
        {
            var column = Find(names, pair.name, "field");
            return (column, pair.field, database.ReaderOf(reader, column));
        })];
        Count = names.Length;
    }

    public int Count { get; }

    /// <summary>The time of a row, epoch milliseconds; <c>null</c> when it has none.</summary>
    public long? TimeOf(DbDataReader reader, CellTimes times) => reader.IsDBNull(_timeColumn) ? null : _timeCells.TimeOf(reader, _timeColumn, times);

    public void Copy(DbDataReader reader, RowRecords record)
    {
        foreach (ref readonly var entry in _fields.AsSpan())
            if (!reader.IsDBNull(entry.Column))
                entry.Cells.Copy(reader, entry.Column, record, entry.Field);
    }

    // Databases fold the case of names that are not quoted.
    private static int Find(string[] names, string name, string what)
    {
        int[] found = [.. Indices(StringComparison.Ordinal)];
        if (found.Length == 0) found = [.. Indices(StringComparison.OrdinalIgnoreCase)];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new SourceException($"the query gives no column for the {what} [{name}], only [{string.Join(", ", names)}]: select it, or name it with AS \"{name}\"", isPermanent: true),
            _ => throw new SourceException($"the query gives several columns [{name}]: name all but one of them otherwise", isPermanent: true),
        };

        IEnumerable<int> Indices(StringComparison comparison) => Enumerable.Range(0, names.Length).Where(i => string.Equals(names[i], name, comparison));
    }
}
