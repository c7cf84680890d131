using MlActors.Analysis.Binary;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;

namespace MlActors.Analysis.Tests.Categorization;

/// <summary>Runs of a categorization over texts, as a job does it.</summary>
internal static class CategorizationRuns
{
    public static readonly CategorizationSettings Plain = new() { FieldName = "message" };
    public static readonly CategorizationSettings PerHost = Plain with { PartitionFieldName = "host" };

    public static BatchSchema SchemaOf(CategorizationSettings settings) => new(settings.PartitionFieldName is null
        ? [new BatchField("message", FieldKind.Text)]
        : [new BatchField("message", FieldKind.Text), new BatchField("host", FieldKind.Text)]);

    public const long Unlimited = 1L << 40;

    public static readonly TextRules Stopping = new([], StopOnWarn: true);

    public static JobCategorization New(CategorizationSettings settings, long memoryLimit = Unlimited, TextRules? rules = null)
    {
        var categorization = new JobCategorization(settings, SchemaOf(settings), memoryLimit);
        if (rules is not null) categorization.Use(rules);
        return categorization;
    }

    /// <summary>The category of each record of a batch.</summary>
    public static Column Categorize(this JobCategorization categorization, RecordBatch batch)
    {
        var column = categorization.Begin(batch);
        for (var record = 0; record < batch.Count; record++) categorization.Categorize(record);
        return column;
    }

    /// <returns>The id of each text's category, 0 for none.</returns>
    public static int[] Ids(this JobCategorization categorization, params IReadOnlyList<string?> texts) =>
        categorization.IdsOf([.. texts.Select(text => (text, (string?)null))]);

    public static int[] IdsOf(this JobCategorization categorization, IReadOnlyList<(string? Text, string? Host)> records)
    {
        var columns = new List<Column> { TextColumn([.. records.Select(record => record.Text)]), TextColumn([.. records.Select(record => record.Host)]) };
        var batch = new RecordBatch(SchemaOf(PerHost), records.Count, new long[records.Count], [.. columns], default);
        var column = categorization.Categorize(batch);
        return [.. column.Codes!.Take(records.Count).Select(code => code < 0 ? 0 : int.Parse(column.Dictionary![code]))];
    }

    public static byte[] Save(this JobCategorization categorization)
    {
        using var writer = new ByteWriter(1024);
        categorization.Write(writer);
        return writer.Written.ToArray();
    }

    public static JobCategorization Restore(CategorizationSettings settings, byte[] state, long memoryLimit = Unlimited, TextRules? rules = null)
    {
        var categorization = New(settings, memoryLimit, rules);
        var reader = new ByteReader(state);
        categorization.Read(ref reader);
        reader.End();
        return categorization;
    }

    public static Column TextColumn(IReadOnlyList<string?> values)
    {
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] column = [.. values.Select(value => value is null ? -1 : codes.TryGetValue(value, out var code) ? code : codes[value] = codes.Count)];
        return Column.OfText(column, [.. codes.Keys]);
    }
}
