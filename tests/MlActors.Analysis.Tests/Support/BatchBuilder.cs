using MlActors.Analysis.Input;

namespace MlActors.Analysis.Tests.Support;

/// <summary>One record as a test writes it: fields by name, numbers and strings.</summary>
public sealed record Row(long Time, params (string Field, object Value)[] Fields);

public static class BatchBuilder
{
    public static RecordBatch Batch(AnalysisSettings settings, params IReadOnlyList<Row> rows)
    {
        var schema = settings.Schema;
        var columns = schema.Fields.Select(field => field.Kind == FieldKind.Number ? Numbers(field.Name, rows) : Text(field.Name, rows)).ToArray();
        var missing = schema.Fields.Sum(field => rows.Count(row => Find(row, field.Name) is null));
        return new RecordBatch(schema, rows.Count, [.. rows.Select(row => row.Time)], columns, new InputCounts { InputBytes = 10 * rows.Count, MissingFields = missing });
    }

    public static RecordsInput Records(AnalysisSettings settings, params IReadOnlyList<Row> rows) => new(Batch(settings, rows));

    private static Column Numbers(string name, IReadOnlyList<Row> rows) =>
        Column.OfNumbers([.. rows.Select(row => Find(row, name) is { } value ? Convert.ToDouble(value) : double.NaN)]);

    private static Column Text(string name, IReadOnlyList<Row> rows)
    {
        var dictionary = new List<string>();
        var codes = rows.Select(row =>
        {
            if (Find(row, name) is not { } value) return -1;
            var text = (string)value;
            if (!dictionary.Contains(text)) dictionary.Add(text);
            return dictionary.IndexOf(text);
        }).ToArray();
        return Column.OfText(codes, [.. dictionary]);
    }

    private static object? Find(Row row, string name) => row.Fields.FirstOrDefault(field => field.Field == name).Value;
}
