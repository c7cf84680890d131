using System.Collections.Immutable;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Input;

/// <summary>How a field's values are kept in a batch.</summary>
public enum FieldKind : byte
{
    /// <summary>IEEE doubles; NaN where missing.</summary>
    Number = 0,

    /// <summary>Codes into a dictionary of strings; −1 where missing.</summary>
    Text = 1,

    /// <summary>As <see cref="Text"/>, and only what is a <see cref="Geography.GeoPoint"/>: all else is missing.</summary>
    Point = 2,
}

/// <summary>A field of the input that the analysis uses. Names are dotted paths.</summary>
public sealed record BatchField(string Name, FieldKind Kind)
{
    /// <summary>UTF-16 units of a text that the analysis has a use for: the rest need not be kept.</summary>
    public int MaxLength { get; init; } = int.MaxValue;
}

/// <summary>The columns of a job's batches. One field may appear several times, once of each kind.</summary>
public sealed record BatchSchema(ImmutableArray<BatchField> Fields)
{
    // More than is read of a line, so that a line is seen to be longer.
    private const int TextToCategorize = LineTokenizer.MaxLength + 1;

    /// <summary>The position of a column, −1 when the schema has none.</summary>
    public int IndexOf(string? name, FieldKind kind)
    {
        for (var i = 0; i < Fields.Length; i++)
            if (Fields[i].Kind == kind && Fields[i].Name == name)
                return i;
        return -1;
    }

    /// <summary>Number of different fields; one that appears as number and as text is one field.</summary>
    public int FieldCount { get; } = Fields.Select(field => field.Name).Distinct(StringComparer.Ordinal).Count();

    /// <summary>Whether another schema has the same columns in the same order.</summary>
    public bool SameAs(BatchSchema other) => ReferenceEquals(this, other) || Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    /// <summary>
    /// Derives the columns from the settings: fields of functions as these read them, the summary count as a number, all others as text. The category of a text is worked out and
    /// not read.
    /// </summary>
    public static BatchSchema For(AnalysisSettings settings)
    {
        var fields = new List<BatchField>();
        foreach (var detector in settings.Detectors)
        {
            Add(detector.FieldName, detector.Function.Aggregate.FieldKind());
            Add(detector.ByFieldName, FieldKind.Text);
            Add(detector.OverFieldName, FieldKind.Text);
            Add(detector.PartitionFieldName, FieldKind.Text);
        }
        foreach (var influencer in settings.Influencers) Add(influencer, FieldKind.Text);
        Add(settings.SummaryCountField, FieldKind.Number);
        Add(settings.Categorization?.FieldName, FieldKind.Text, TextToCategorize);
        Add(settings.Categorization?.PartitionFieldName, FieldKind.Text);
        return new BatchSchema([.. fields]);

        void Add(string? name, FieldKind kind, int maxLength = int.MaxValue)
        {
            if (settings.Categorization is not null && name == CategorizationSettings.CategoryField) return;
            if (name is not null && !fields.Exists(f => f.Name == name && f.Kind == kind)) fields.Add(new BatchField(name, kind) { MaxLength = maxLength });
        }
    }
}
