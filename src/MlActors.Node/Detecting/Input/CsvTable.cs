using MlActors.Node.Commands;
using Sylvan.Data.Csv;

namespace MlActors.Node.Detecting;

/// <summary>Rows of a delimited text; the delimiter (comma, tab, semicolon or bar) is found from its first line.</summary>
internal sealed class CsvTable : IDisposable
{
    private const int BufferChars = 1 << 16;
    private const int LongestRowChars = 1 << 24;

    private readonly CsvDataReader _reader;
    private bool _firstIsData;

    private CsvTable(CsvDataReader reader) => _reader = reader;

    /// <summary>Names of the columns: those of the header, or <c>column_1</c> and so on when the first line has none.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    public int CellCount => _reader.RowFieldCount;

    /// <summary>The line of the row, from 1; too small after cells with line breaks in them.</summary>
    public long Line { get; private set; }

    /// <param name="isValue">Whether a cell can only be data; when one of the first line is, there is no header.</param>
    /// <exception cref="CommandException">There is no first line.</exception>
    public static CsvTable Open(TextReader text, Func<string, bool> isValue)
    {
        var reader = CsvDataReader.Create(text, new CsvDataReaderOptions { HasHeaders = false, BufferSize = BufferChars, MaxBufferSize = LongestRowChars });
        var table = new CsvTable(reader);
        if (!table.Read()) throw new CommandException("there is nothing in it");
        var first = Enumerable.Range(0, reader.RowFieldCount).Select(i => reader.GetString(i).Trim()).ToArray();
        table._firstIsData = first.Any(isValue);
        table.Columns = table._firstIsData ? [.. first.Select((_, i) => NameOf(i))] : Distinct(first);
        return table;
    }

    /// <exception cref="CommandException">The text is not well formed here; the message names the line.</exception>
    public bool Read()
    {
        if (_firstIsData)
        {
            _firstIsData = false;
            return true;
        }
        try
        {
            Line++;
            return _reader.Read();
        }
        catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException)
        {
            throw new CommandException($"line {Line} is not CSV: {e.Message} A quote that opens a cell must be closed, and quotes inside be doubled");
        }
    }

    public ReadOnlySpan<char> Cell(int column) => column < _reader.RowFieldCount ? _reader.GetFieldSpan(column) : [];

    public void Dispose() => _reader.Dispose();

    private static string NameOf(int column) => $"column_{column + 1}";

    private static string[] Distinct(string[] names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. names.Select((name, i) => name.Length > 0 && seen.Add(name) ? name : NameOf(i))];
    }
}
