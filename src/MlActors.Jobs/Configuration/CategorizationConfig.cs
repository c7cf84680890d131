using System.Collections.Immutable;
using MlActors.Analysis.Categorization;

namespace MlActors.Jobs.Configuration;

/// <summary>How texts are read before they are sorted into categories, in the terms of the API but without what is always the same.</summary>
public sealed record CategorizationAnalyzerConfig
{
    /// <summary>What is asked for when nothing is.</summary>
    public static CategorizationAnalyzerConfig Default { get; } = new();

    /// <summary>One of <see cref="AnalyzerNames.Tokenizers"/>; all of them stand for the same reading of words.</summary>
    public string Tokenizer { get; init; } = AnalyzerNames.Tokenizers[0];

    /// <summary>Regular expressions; what they match is cut out of the first line with letters, one after the other.</summary>
    public ImmutableArray<string> Patterns { get; init; } = [];

    public ImmutableArray<string> StopWords { get; init; } = CategorizationSettings.DefaultStopWords;

    internal bool IsDefault =>
        Tokenizer == Default.Tokenizer && Patterns.IsEmpty && StopWords.SequenceEqual(Default.StopWords, StringComparer.Ordinal);
}

/// <summary>Whether each value of the partition field has categories of its own.</summary>
public sealed record PerPartitionCategorizationConfig
{
    public bool Enabled { get; init; }

    /// <summary>Whether a partition is left alone once its texts turn out not to be fit for categories.</summary>
    public bool StopOnWarn { get; init; }
}

/// <summary>The words of analyzers in the API that this version honours.</summary>
internal static class AnalyzerNames
{
    public const string FirstLine = "first_line_with_letters";
    public const string PatternReplace = "pattern_replace";
    public const string Stop = "stop";
    public const string Limit = "limit";

    /// <summary>Words of a line that are looked at; the only limit that can be asked for.</summary>
    public const int MaxTokens = 100;

    public static readonly ImmutableArray<string> Tokenizers = ["ml_standard", "standard"];
}
