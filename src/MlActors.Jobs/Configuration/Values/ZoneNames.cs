using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace MlActors.Jobs.Configuration.Values;

/// <summary>Time zones by id and by abbreviation, looked up without allocating once known.</summary>
internal static class ZoneNames
{
    /// <summary>Characters of the longest name that is looked at; the longest of the zone database has 32.</summary>
    public const int MaxLength = 40;

    // Unknown names are remembered too, as they come once a record; the bound keeps hostile input from filling memory.
    private const int MaxRemembered = 2048;

    // Only abbreviations with one common meaning; e.g. IST is Indian, Irish and Israeli, so it is left out.
    private static readonly (string Name, int Hours)[] OffsetsByName =
    [
        ("Z", 0), ("UTC", 0), ("GMT", 0), ("UT", 0), ("WET", 0), ("WEST", 1), ("BST", 1), ("CET", 1), ("CEST", 2), ("EET", 2), ("EEST", 3),
        ("MSK", 3), ("JST", 9), ("AEST", 10), ("AEDT", 11),
        ("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5), ("MST", -7), ("MDT", -6), ("PST", -8), ("PDT", -7),
    ];

    private static readonly FrozenDictionary<string, int> Abbreviations =
        OffsetsByName.ToFrozenDictionary(pair => pair.Name, pair => pair.Hours * 3600, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> AbbreviationLookup =
        Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly ConcurrentDictionary<string, TimeZoneInfo?> Known = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, TimeZoneInfo?>.AlternateLookup<ReadOnlySpan<char>> KnownLookup =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryFindAbbreviation(ReadOnlySpan<char> name, out int offsetSeconds) => AbbreviationLookup.TryGetValue(name, out offsetSeconds);

    /// <summary>The zone of an id of the zone database, <c>null</c> when this system has none.</summary>
    public static TimeZoneInfo? Find(ReadOnlySpan<char> id)
    {
        if (KnownLookup.TryGetValue(id, out var zone)) return zone;
        if (!IsPlausible(id)) return null;
        var name = id.ToString();
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone);
        if (Known.Count < MaxRemembered) Known[name] = zone;
        return zone;
    }

    /// <summary>Seconds east of Greenwich. A time that comes twice is the first of the two; one that a change skips is counted from before it.</summary>
    public static long OffsetSeconds(TimeZoneInfo zone, DateTime local)
    {
        if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            return (long)Math.Max(offsets[0].TotalSeconds, offsets[1].TotalSeconds);
        }
        return (long)zone.GetUtcOffset(local).TotalSeconds;
    }

    // An id becomes part of a file name: nothing but words between slashes may get there.
    private static bool IsPlausible(ReadOnlySpan<char> id)
    {
        var startOfWord = true;
        foreach (var c in id)
        {
            if (startOfWord ? !char.IsAsciiLetter(c) : !(char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '+' or '-')) return false;
            startOfWord = c == '/';
        }
        return id.Length > 0 && !startOfWord;
    }
}
