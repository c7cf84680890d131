using System.Collections.Immutable;
using MlActors.Analysis.Rules;

namespace MlActors.Analysis.Contexts;

/// <summary>Finds the scheduled events of a bucket.</summary>
/// <param name="events">In the order of their starts.</param>
internal sealed class EventSchedule(ImmutableArray<ScheduledEvent> events)
{
    // The latest end of an event and all that start before it: where this is past, no earlier event lasts.
    private readonly long[] _latestEnds = LatestEnds(events);

    /// <summary>The descriptions of the events that overlap [from, to) (epoch seconds), in the order of their starts, and what they ask for together.</summary>
    public (IReadOnlyList<string> Descriptions, RuleEffect Effect) In(long from, long to)
    {
        var effect = default(RuleEffect);
        List<string>? descriptions = null;
        for (var i = StartedBefore(to) - 1; i >= 0 && _latestEnds[i] > from; i--)
        {
            if (events[i].End <= from) continue;
            (descriptions ??= []).Add(events[i].Description);
            effect = effect.And(events[i].SkipResult, events[i].SkipModelUpdate);
        }
        descriptions?.Reverse();
        return (descriptions ?? (IReadOnlyList<string>)[], effect);
    }

    // How many events start before a time.
    private int StartedBefore(long time)
    {
        var (low, high) = (0, events.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (events[middle].Start < time) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static long[] LatestEnds(ImmutableArray<ScheduledEvent> events)
    {
        var (ends, latest) = (new long[events.Length], long.MinValue);
        for (var i = 0; i < ends.Length; i++) ends[i] = latest = Math.Max(latest, events[i].End);
        return ends;
    }
}
