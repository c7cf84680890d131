using System.Collections.Frozen;
using System.Collections.Immutable;

namespace MlActors.Analysis.Functions;

/// <summary>What one bucket of a series is reduced to before it is modelled.</summary>
public enum Aggregate
{
    Count, NonZeroCount, DistinctCount, InfoContent, Metric, Mean, Median, Min, Max, Sum, NonNullSum, Variance,
    Rare, FrequentRare, GeographicPoint, TimeOfDay, TimeOfWeek,
}

/// <summary>Which deviations are anomalies.</summary>
public enum Side { Both, High, Low }

/// <summary>Whether a detector must, may or must not name a field.</summary>
public enum FieldRule { Forbidden, Optional, Required }

/// <summary>One detector function: what it needs, what it computes, and whether this version analyses it.</summary>
/// <param name="Name">The name in the API, in its long form.</param>
/// <param name="Description">What records carry as <c>function_description</c>.</param>
/// <param name="Summary">One sentence for the documentation.</param>
public sealed record DetectorFunction(
    string Name,
    Aggregate Aggregate,
    Side Side,
    string Description,
    FieldRule Field,
    FieldRule By,
    FieldRule Over,
    bool Supported,
    string Summary,
    ImmutableArray<string> ShortNames)
{
    /// <summary>Looks a function up by its name or a short name; <c>null</c> when there is none.</summary>
    public static DetectorFunction? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Every function of the API, in the order of the documentation. The one table that drives validation, documentation and models.</summary>
    public static ImmutableArray<DetectorFunction> All { get; } =
    [
        .. Sided("count", Aggregate.Count, "count", FieldRule.Forbidden, supported: true, "The number of records in a bucket."),
        .. Sided("non_zero_count", Aggregate.NonZeroCount, "non_zero_count", FieldRule.Forbidden, supported: true,
            "The number of records in a bucket, empty buckets ignored.", over: FieldRule.Forbidden, shortName: "nzc"),
        .. Sided("distinct_count", Aggregate.DistinctCount, "distinct_count", FieldRule.Required, supported: true,
            "The number of different values of a field.", shortName: "dc"),
        .. Sided("info_content", Aggregate.InfoContent, "info_content", FieldRule.Required, supported: true,
            "The amount of information in the different values of a field, in bits."),
        One("metric", Aggregate.Metric, Side.Both, "metric", FieldRule.Required, FieldRule.Optional, FieldRule.Optional, true,
            "Mean, minimum and maximum of a field at once."),
        .. Sided("mean", Aggregate.Mean, "mean", FieldRule.Required, supported: true, "The arithmetic mean of a field.", shortName: "avg"),
        .. Sided("median", Aggregate.Median, "median", FieldRule.Required, supported: true, "The median of a field."),
        One("min", Aggregate.Min, Side.Both, "min", FieldRule.Required, FieldRule.Optional, FieldRule.Optional, true, "The smallest value of a field."),
        One("max", Aggregate.Max, Side.Both, "max", FieldRule.Required, FieldRule.Optional, FieldRule.Optional, true, "The largest value of a field."),
        .. Sided("sum", Aggregate.Sum, "sum", FieldRule.Required, supported: true, "The sum of a field; an empty bucket is 0."),
        .. Sided("non_null_sum", Aggregate.NonNullSum, "non_null_sum", FieldRule.Required, supported: true, "The sum of a field, empty buckets ignored."),
        .. Sided("varp", Aggregate.Variance, "varp", FieldRule.Required, supported: true, "The population variance of a field."),
        One("rare", Aggregate.Rare, Side.Both, "rare", FieldRule.Forbidden, FieldRule.Required, FieldRule.Optional, true, "Values that are seldom seen."),
        One("freq_rare", Aggregate.FrequentRare, Side.Both, "freq_rare", FieldRule.Forbidden, FieldRule.Required, FieldRule.Required, true,
            "Values that are seldom seen, seen often by one member of a population."),
        One("lat_long", Aggregate.GeographicPoint, Side.Both, "lat_long", FieldRule.Required, FieldRule.Optional, FieldRule.Optional, false, "Unusual places."),
        One("time_of_day", Aggregate.TimeOfDay, Side.Both, "time", FieldRule.Forbidden, FieldRule.Optional, FieldRule.Optional, false, "Unusual times of the day."),
        One("time_of_week", Aggregate.TimeOfWeek, Side.Both, "time", FieldRule.Forbidden, FieldRule.Optional, FieldRule.Optional, false, "Unusual times of the week."),
    ];

    private static readonly FrozenDictionary<string, DetectorFunction> ByName = All
        .SelectMany(function => function.ShortNames.Append(function.Name).Select(name => (name, function)))
        .ToFrozenDictionary(pair => pair.name, pair => pair.function, StringComparer.Ordinal);

    private static DetectorFunction One(string name, Aggregate aggregate, Side side, string description, FieldRule field, FieldRule by, FieldRule over,
        bool supported, string summary) => new(name, aggregate, side, description, field, by, over, supported, summary, []);

    // A function in three variants: both sides, low_ and high_; short names come in the same three.
    private static IEnumerable<DetectorFunction> Sided(string name, Aggregate aggregate, string description, FieldRule field, bool supported, string summary,
        FieldRule over = FieldRule.Optional, string? shortName = null)
    {
        foreach (var (side, prefix, suffix) in new[] { (Side.Both, "", ""), (Side.Low, "low_", " Only low values are anomalies."), (Side.High, "high_", " Only high values are anomalies.") })
        {
            yield return new(prefix + name, aggregate, side, description, field, FieldRule.Optional, over, supported, summary + suffix,
                shortName is null ? [] : [prefix + shortName]);
        }
    }
}
