using System.Collections.Immutable;
using System.IO.Hashing;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Rules;

namespace MlActors.Analysis.Contexts;

/// <summary>
/// What an analysis depends on and what may change while it has a model: the rules of its detectors, the contents of the filters that these name, and
/// the scheduled events. It reaches the analysis as a <see cref="Input.ContextInput"/> only. One value in one form: filters, items and events are
/// sorted, so that contexts that say the same have the same bytes.
/// </summary>
public sealed class AnalysisContext
{
    private const long Overhead = 24;

    /// <exception cref="ArgumentException">A rule names a filter that is not there, a filter is there twice, or an event ends before it begins.</exception>
    public AnalysisContext(IEnumerable<DetectionRule> rules, IEnumerable<FilterItems> filters, IEnumerable<ScheduledEvent> events)
    {
        Rules = [.. rules];
        Filters =
        [
            .. filters.OrderBy(filter => filter.FilterId, StringComparer.Ordinal)
                .Select(filter => filter with { Items = [.. filter.Items.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] }),
        ];
        Events =
        [
            .. events.OrderBy(scheduled => scheduled.Start).ThenBy(scheduled => scheduled.End)
                .ThenBy(scheduled => scheduled.Description, StringComparer.Ordinal)
                .ThenBy(scheduled => scheduled.SkipResult).ThenBy(scheduled => scheduled.SkipModelUpdate),
        ];
        for (var i = 1; i < Filters.Length; i++)
            if (Filters[i].FilterId == Filters[i - 1].FilterId)
                throw new ArgumentException($"the filter [{Filters[i].FilterId}] is there twice", nameof(filters));
        if (Rules.SelectMany(rule => rule.Scope).FirstOrDefault(scope => IndexOf(scope.FilterId) < 0) is { FilterId: { } missing })
            throw new ArgumentException($"a rule names the filter [{missing}], which is not there", nameof(rules));
        if (Events.FirstOrDefault(scheduled => scheduled.End <= scheduled.Start) is { } backward)
            throw new ArgumentException($"the event [{backward.Description}] does not end after its start", nameof(events));
        Print = IsEmpty ? 0 : PrintOf(this);
        Bytes = Rules.Sum(BytesOf) + Filters.Sum(filter => BytesOf(filter.FilterId) + filter.Items.Sum(BytesOf)) +
            Events.Sum(scheduled => BytesOf(scheduled.Description) + 48);
    }

    /// <summary>What an analysis begins with.</summary>
    public static AnalysisContext Empty { get; } = new([], [], []);

    /// <summary>In the order of the configuration.</summary>
    public ImmutableArray<DetectionRule> Rules { get; }

    public ImmutableArray<FilterItems> Filters { get; }

    /// <summary>In the order of their starts.</summary>
    public ImmutableArray<ScheduledEvent> Events { get; }

    public bool IsEmpty => Rules.IsEmpty && Filters.IsEmpty && Events.IsEmpty;

    /// <summary>Tells contexts apart: equal for equal ones, 0 for the empty one, else above 0.</summary>
    public long Print { get; }

    /// <summary>What it takes in memory, by what it holds.</summary>
    internal long Bytes { get; }

    /// <summary>Position of a filter, −1 when there is none of that id.</summary>
    internal int IndexOf(string filterId)
    {
        for (var i = 0; i < Filters.Length; i++)
            if (Filters[i].FilterId == filterId)
                return i;
        return -1;
    }

    private static long PrintOf(AnalysisContext context)
    {
        using var writer = new ByteWriter(256);
        ContextCodec.Write(writer, context);
        return (long)(XxHash64.HashToUInt64(writer.Written) >> 1) | 1;
    }

    private static long BytesOf(DetectionRule rule) => 64 + (24L * rule.Conditions.Length) + rule.Scope.Sum(scope => 16 + BytesOf(scope.FilterId));

    private static long BytesOf(string text) => Overhead + (2L * text.Length);
}
