using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MlActors.Analysis.Categorization;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Configuration;

/// <summary>Reads what a request says about the categories of texts. Of the analyzers of the API it takes those that the analysis can honour.</summary>
internal static class CategorizationReader
{
    private const string Filters = "categorization_filters";
    private const string Analyzer = "categorization_analyzer";

    private const int MostPatterns = 100;

    /// <summary>The configuration with what the request says of categories; filters become part of the analyzer, as the API has it.</summary>
    public static AnalysisConfig Read(ObjectReader analysis, AnalysisConfig config)
    {
        var field = analysis.Text("categorization_field_name");
        var filters = ReadFilters(analysis);
        if (filters is { IsEmpty: false } && analysis.Has(Analyzer))
            analysis.Problem(Filters, $"cannot go with [{Analyzer}]: give each of them as a [{AnalyzerNames.PatternReplace}] in its [char_filter]");
        if (field is null && filters is { IsEmpty: false }) NeedsField(Filters);
        if (field is null && analysis.Has(Analyzer)) NeedsField(Analyzer);
        var analyzer = ReadAnalyzer(analysis) ?? CategorizationAnalyzerConfig.Default with { Patterns = filters ?? [] };
        return config with
        {
            CategorizationFieldName = field,
            CategorizationAnalyzer = field is null ? null : analyzer,
            PerPartitionCategorization = ReadPerPartition(analysis) is { } given
                ? new() { Enabled = given.Enabled ?? false, StopOnWarn = given.StopOnWarn ?? false }
                : field is null ? null : new(),
        };

        void NeedsField(string name) => analysis.Problem(name, "needs [categorization_field_name]: name the field with the texts, or leave this out");
    }

    /// <summary>The filters of a job or of an update; <c>null</c> when there are none.</summary>
    public static ImmutableArray<string>? ReadFilters(ObjectReader reader)
    {
        if (reader.Texts(Filters) is not { } filters) return null;
        for (var i = 0; i < filters.Length; i++) CheckPattern(reader, $"{Filters}[{i}]", filters[i]);
        if (filters.Length > MostPatterns) reader.Problem(Filters, $"has {filters.Length} filters: must have at most {MostPatterns}");
        return filters;
    }

    public static (bool? Enabled, bool? StopOnWarn)? ReadPerPartition(ObjectReader reader) =>
        reader.Object("per_partition_categorization") is { } given ? (given.Boolean("enabled"), given.Boolean("stop_on_warn")) : null;

    private static CategorizationAnalyzerConfig? ReadAnalyzer(ObjectReader analysis)
    {
        if (analysis.Custom(Analyzer) is not { } given) return null;
        if (given.ValueKind == JsonValueKind.String)
        {
            analysis.Problem(Analyzer, $"is [{ProblemList.Shown(given.GetString()!)}]: analyzers are not known by name here; give an object with a [tokenizer]");
            return null;
        }
        var analyzer = analysis.Object(Analyzer)!;
        var tokenizer = analyzer.Text("tokenizer");
        var patterns = new List<string>();
        var stopWords = new List<string>();
        foreach (var (path, item) in analyzer.Items("char_filter")) ReadCharFilter(analyzer, path, item, patterns);
        foreach (var (path, item) in analyzer.Items("filter")) ReadFilter(analyzer, path, item, stopWords);
        if (patterns.Count > MostPatterns) analyzer.Problem("char_filter", $"has {patterns.Count} patterns: must have at most {MostPatterns}");
        return new() { Tokenizer = tokenizer ?? AnalyzerNames.Tokenizers[0], Patterns = [.. patterns], StopWords = [.. stopWords.Distinct(StringComparer.Ordinal)] };
    }

    private static void ReadCharFilter(ObjectReader analyzer, string path, JsonElement item, List<string> patterns)
    {
        if (NameOf(item) is AnalyzerNames.FirstLine && item.ValueKind == JsonValueKind.String) return;
        if (NameOf(item) is not AnalyzerNames.PatternReplace || item.ValueKind != JsonValueKind.Object)
        {
            analyzer.Problem(path, $"is {Shown(item)}: must be [{AnalyzerNames.FirstLine}], or an object of the type [{AnalyzerNames.PatternReplace}]");
            return;
        }
        if (HasOnly(analyzer, path, item, "pattern", "replacement") && TextOf(analyzer, path, item, "pattern") is { } pattern)
        {
            CheckPattern(analyzer, path + ".pattern", pattern);
            patterns.Add(pattern);
        }
        if (item.TryGetProperty("replacement", out var replacement) && !(replacement.ValueKind == JsonValueKind.String && replacement.ValueEquals("")))
            analyzer.Problem(path + ".replacement", "must be empty: what the pattern matches is cut out of the text");
    }

    private static void ReadFilter(ObjectReader analyzer, string path, JsonElement item, List<string> stopWords)
    {
        switch (item.ValueKind == JsonValueKind.Object ? NameOf(item) : null)
        {
            case AnalyzerNames.Stop when HasOnly(analyzer, path, item, "stopwords"):
                if (item.TryGetProperty("stopwords", out var words) && words.ValueKind == JsonValueKind.Array
                    && words.EnumerateArray().All(word => word.ValueKind == JsonValueKind.String))
                    stopWords.AddRange(words.EnumerateArray().Select(word => word.GetString()!));
                else
                    analyzer.Problem(path + ".stopwords", "must be a list of words");
                break;
            case AnalyzerNames.Limit when HasOnly(analyzer, path, item, "max_token_count"):
                var most = AnalyzerNames.MaxTokens.ToString(CultureInfo.InvariantCulture);
                if (!item.TryGetProperty("max_token_count", out var count) || count.ToString() != most)
                    analyzer.Problem(path + ".max_token_count", $"must be {most}: so many words of a text are looked at");
                break;
            case AnalyzerNames.Stop or AnalyzerNames.Limit:
                break;
            default:
                analyzer.Problem(path, $"is {Shown(item)}: must be an object of the type [{AnalyzerNames.Stop}] or [{AnalyzerNames.Limit}]");
                break;
        }
    }

    private static void CheckPattern(ObjectReader reader, string path, string pattern)
    {
        if (TextFilter.Problem(pattern) is { } problem) reader.Problem(path, pattern.Length == 0 ? problem : $"[{ProblemList.Shown(pattern)}] {problem}");
    }

    // A string names a filter of the server, an object says its type.
    private static string? NameOf(JsonElement item) =>
        item.ValueKind == JsonValueKind.String ? item.GetString()
        : item.ValueKind == JsonValueKind.Object && item.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()
        : null;

    private static string Shown(JsonElement item) => NameOf(item) is { } name ? $"[{ProblemList.Shown(name)}]" : "an object without a type";

    private static bool HasOnly(ObjectReader analyzer, string path, JsonElement item, params string[] names)
    {
        var known = true;
        foreach (var property in item.EnumerateObject().Where(property => property.Name is not "type" && !names.Contains(property.Name, StringComparer.Ordinal)))
        {
            analyzer.Problem($"{path}.{ProblemList.Shown(property.Name)}", $"is not supported here: only [type, {string.Join(", ", names)}] are");
            known = false;
        }
        return known;
    }

    private static string? TextOf(ObjectReader analyzer, string path, JsonElement item, string name)
    {
        if (item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) return value.GetString();
        analyzer.Problem($"{path}.{name}", "is required, as a string");
        return null;
    }
}
