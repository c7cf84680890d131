using System.Globalization;
using System.Text.Json;

namespace MlActors.Jobs.Configuration;

public static partial class JobConfigJson
{
    /// <summary>Writes an analyzer as the API shows it: one object, with what holds for every one.</summary>
    public static void WriteAnalyzer(Utf8JsonWriter writer, CategorizationAnalyzerConfig analyzer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("char_filter");
        writer.WriteStringValue(AnalyzerNames.FirstLine);
        foreach (var pattern in analyzer.Patterns)
        {
            writer.WriteStartObject();
            writer.WriteString("type", AnalyzerNames.PatternReplace);
            writer.WriteString("pattern", pattern);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("tokenizer", analyzer.Tokenizer);
        writer.WriteStartArray("filter");
        if (!analyzer.StopWords.IsEmpty)
        {
            writer.WriteStartObject();
            writer.WriteString("type", AnalyzerNames.Stop);
            WriteTexts(writer, "stopwords", analyzer.StopWords);
            writer.WriteEndObject();
        }
        writer.WriteStartObject();
        writer.WriteString("type", AnalyzerNames.Limit);
        writer.WriteString("max_token_count", AnalyzerNames.MaxTokens.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteCategorization(Utf8JsonWriter writer, AnalysisConfig analysis, bool excludeGenerated)
    {
        WriteText(writer, "categorization_field_name", analysis.CategorizationFieldName);
        if (analysis.CategorizationAnalyzer is { } analyzer && !(excludeGenerated && analyzer.IsDefault))
        {
            writer.WritePropertyName("categorization_analyzer");
            WriteAnalyzer(writer, analyzer);
        }
        if (analysis.PerPartitionCategorization is { } partitions && (partitions.Enabled || !excludeGenerated))
        {
            writer.WriteStartObject("per_partition_categorization");
            writer.WriteBoolean("enabled", partitions.Enabled);
            if (partitions.Enabled) writer.WriteBoolean("stop_on_warn", partitions.StopOnWarn);
            writer.WriteEndObject();
        }
    }
}
