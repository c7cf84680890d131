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

/// <summary>One detector function: what it needs and what it computes.</summary>
/// <param name="Name">The name in the API, in its long form.</param>
/// <param name="Description">What records carry as <c>function_description</c>.</param>
/// <param name="Summary">What it detects, one sentence for the documentation.</param>
/// <param name="Actual">What <c>actual</c> and <c>typical</c> of a record are, for the documentation.</param>
public sealed record DetectorFunction(
    string Name,
    Aggregate Aggregate,
    Side Side,
    string Description,
    FieldRule Field,
    FieldRule By,
    FieldRule Over,
    string Summary,
    string Actual,
    ImmutableArray<string> ShortNames)
{
    private const FieldRule Forbidden = FieldRule.Forbidden;
    private const FieldRule Optional = FieldRule.Optional;
    private const FieldRule Required = FieldRule.Required;

    /// <summary>Looks a function up by its name or a short name; <c>null</c> when there is none.</summary>
    public static DetectorFunction? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Every function of the API, in the order of the documentation. The one table that drives validation, documentation and models.</summary>
    public static ImmutableArray<DetectorFunction> All { get; } =
    [
        .. Sided("count", Aggregate.Count, Forbidden, "The number of records in a bucket.", "records; each counts as many as it stands for"),
        .. Sided("non_zero_count", Aggregate.NonZeroCount, Forbidden, "The number of records in a bucket, empty buckets ignored.",
            "records; each counts as many as it stands for", over: Forbidden, shortName: "nzc"),
        .. Sided("distinct_count", Aggregate.DistinctCount, Required, "The number of different values of a field.",
            "different values; an estimate where they are many", shortName: "dc"),
        .. Sided("info_content", Aggregate.InfoContent, Required, "The amount of information in the different values of a field.", "bits"),
        One("metric", Aggregate.Metric, Required, Optional, Optional, "The mean, the minimum and the maximum of a field at once.",
            "the one of the three that is most unusual, which `function_description` names; members of a population are compared by the mean"),
        .. Sided("mean", Aggregate.Mean, Required, "The arithmetic mean of a field.", "the mean", shortName: "avg"),
        .. Sided("median", Aggregate.Median, Required, "The median of a field.", "the median; an estimate where values are many"),
        One("min", Aggregate.Min, Required, Optional, Optional, "The smallest value of a field.", "the smallest value"),
        One("max", Aggregate.Max, Required, Optional, Optional, "The largest value of a field.", "the largest value"),
        .. Sided("sum", Aggregate.Sum, Required, "The sum of a field.", "the sum"),
        .. Sided("non_null_sum", Aggregate.NonNullSum, Required, "The sum of a field, empty buckets ignored.", "the sum"),
        .. Sided("varp", Aggregate.Variance, Required, "The population variance of a field.", "the variance"),
        One("rare", Aggregate.Rare, Forbidden, Required, Optional, "Values of the by field that are seldom seen, or that few members of a population have.",
            "`actual` is 1, `typical` the share of buckets in which the value was seen before"),
        One("freq_rare", Aggregate.FrequentRare, Forbidden, Required, Required,
            "Members of a population with many records of values that few of the members have.",
            "records with rare values"),
        One("lat_long", Aggregate.GeographicPoint, Required, Optional, Optional,
            "Places far from where events usually are, or seldom visited. The field is `latitude,longitude` in degrees or `POINT (longitude latitude)`; "
            + "records in which it is neither count as having none.",
            "`[latitude, longitude]` of the most unusual place of the bucket, and of the centre of usual places nearest to it or, if it is near one that is "
            + "seldom visited, of the one most visited; also as texts in `geo_results`"),
        One("time_of_day", Aggregate.TimeOfDay, Forbidden, Optional, Optional, "Events at an unusual time of the day, in the time zone of the job.",
            "seconds since midnight: of the most unusual event of the bucket, and of the nearest usual time", "time"),
        One("time_of_week", Aggregate.TimeOfWeek, Forbidden, Optional, Optional, "Events at an unusual time of the week, in the time zone of the job.",
            "seconds since Monday, 00:00: of the most unusual event of the bucket, and of the nearest usual time", "time"),
    ];

    private static readonly FrozenDictionary<string, DetectorFunction> ByName = All
        .SelectMany(function => function.ShortNames.Append(function.Name).Select(name => (name, function)))
        .ToFrozenDictionary(pair => pair.name, pair => pair.function, StringComparer.Ordinal);

    private static DetectorFunction One(
        string name, Aggregate aggregate, FieldRule field, FieldRule by, FieldRule over, string summary, string actual, string? description = null) =>
        new(name, aggregate, Side.Both, description ?? name, field, by, over, summary, actual, []);

    // A function in three variants: both sides, low_ and high_; short names come in the same three.
    private static IEnumerable<DetectorFunction> Sided(
        string name, Aggregate aggregate, FieldRule field, string summary, string actual, FieldRule over = FieldRule.Optional, string? shortName = null)
    {
        foreach (var (side, prefix) in new[] { (Side.Both, ""), (Side.Low, "low_"), (Side.High, "high_") })
            yield return new(prefix + name, aggregate, side, name, field, FieldRule.Optional, over, summary, actual,
                shortName is null ? [] : [prefix + shortName]);
    }
}
