using System.Collections.Immutable;

namespace MlActors.Jobs.Contexts;

/// <summary>A collection of scheduled events and whom they concern.</summary>
/// <param name="JobIds">Ids of jobs, names of groups, or <see cref="Everybody"/>; sorted. They need not exist yet.</param>
public sealed record CalendarConfig(string CalendarId, string? Description, ImmutableArray<string> JobIds)
{
    /// <summary>Stands for every job, now and later.</summary>
    public const string Everybody = "_all";

    /// <summary>Events that a calendar may have.</summary>
    public const int MostEvents = 10_000;
}

/// <summary>An event of a calendar. Epoch milliseconds; the start is before the end.</summary>
public sealed record CalendarEvent(
    string CalendarId, string EventId, string Description, long StartMs, long EndMs, bool SkipResult = true, bool SkipModelUpdate = true);

/// <summary>Which events to list.</summary>
/// <param name="CalendarIds">Of these calendars; <c>null</c> for all.</param>
/// <param name="Names">Of calendars that name any of these; <c>null</c> for all.</param>
/// <param name="StartMs">Those that end after it.</param>
/// <param name="EndMs">Those that start before it.</param>
public sealed record EventQuery(IReadOnlyCollection<string>? CalendarIds, IReadOnlyCollection<string>? Names, long? StartMs, long? EndMs, int From, int Size);

/// <param name="Count">How many there are in all.</param>
public sealed record EventPage(long Count, IReadOnlyList<CalendarEvent> Events);
