using MlActors.Analysis.Categorization;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;

namespace MlActors.Analysis;

public sealed partial class JobAnalysis
{
    private Column[] _columns = [];

    /// <summary>How many categories there are; the highest id.</summary>
    public int CategoryCount => _categorization?.Count ?? 0;

    /// <summary>What of the categories is to be stored; see <see cref="JobCategorization.TakeNews"/>. Nothing without categorization.</summary>
    /// <param name="counts">Also what has only counted further.</param>
    public CategorizationNews TakeCategoryNews(bool counts) => _categorization?.TakeNews(counts) ?? CategorizationNews.None;

    // The columns that detectors read: those of the input and, at the end, the category.
    private static BatchSchema WithCategory(AnalysisSettings settings) => settings.Categorization is null
        ? settings.Schema
        : new([.. settings.Schema.Fields, new BatchField(CategorizationSettings.CategoryField, FieldKind.Text)]);

    private RecordBatch WithCategory(RecordBatch batch, JobCategorization categorization)
    {
        if (_columns.Length == 0) _columns = new Column[batch.Columns.Length + 1];
        batch.Columns.CopyTo(_columns, 0);
        _columns[^1] = categorization.Begin(batch);
        return new RecordBatch(_schema, batch.Count, batch.Times, _columns, batch.Input);
    }

    private void ReleaseCategory()
    {
        _categorization?.Release();
        Array.Clear(_columns);
    }

    private static void ValidateCategory(AnalysisSettings settings)
    {
        const string category = CategorizationSettings.CategoryField;
        if (settings.Categorization is not { } categorization) return;
        if (settings.Detectors.Any(detector => detector.FieldName == category && !detector.Function.Aggregate.IsOfText()) || settings.SummaryCountField == category)
            throw new ArgumentException("the category is no number", nameof(settings));
        if (categorization.FieldName == category || categorization.PartitionFieldName == category)
            throw new ArgumentException("the category cannot be categorized", nameof(settings));
    }
}
