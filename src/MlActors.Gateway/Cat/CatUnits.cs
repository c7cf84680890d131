using System.Globalization;

namespace MlActors.Gateway.Cat;

/// <summary>How sizes and times are written in tables: readable with a unit, or as whole numbers of a unit that was asked for.</summary>
internal static class CatUnits
{
    private static readonly (string Suffix, double Factor)[] ByteUnits =
        [("pb", Math.Pow(1024, 5)), ("tb", Math.Pow(1024, 4)), ("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10), ("b", 1)];

    // In milliseconds.
    private static readonly (string Suffix, double Factor)[] TimeUnits =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1), ("micros", 1e-3), ("nanos", 1e-6)];

    public static IReadOnlyList<string> ByteNames { get; } = ["b", "k", "kb", "m", "mb", "g", "gb", "t", "tb", "p", "pb"];

    public static IReadOnlyList<string> TimeNames { get; } = [.. TimeUnits.Select(unit => unit.Suffix)];

    /// <summary>E.g. <c>1.5mb</c>: the largest unit that leaves at least 1, one decimal, cut.</summary>
    public static string HumanBytes(long bytes) => Human(bytes, ByteUnits, "b");

    /// <summary>E.g. <c>1.5s</c>.</summary>
    public static string HumanTime(double milliseconds) => Human(milliseconds, TimeUnits[..5], "ms");

    /// <param name="unit">One of <see cref="ByteNames"/>; <c>null</c> for a readable form.</param>
    public static string Bytes(long bytes, string? unit) =>
        unit is null ? HumanBytes(bytes) : Whole(bytes / ByteUnits.First(known => known.Suffix.StartsWith(unit, StringComparison.Ordinal)).Factor);

    /// <param name="unit">One of <see cref="TimeNames"/>; <c>null</c> for a readable form.</param>
    public static string Time(double milliseconds, string? unit) =>
        unit is null ? HumanTime(milliseconds) : Whole(milliseconds / TimeUnits.First(known => known.Suffix == unit).Factor);

    private static string Human(double value, (string Suffix, double Factor)[] units, string smallest)
    {
        foreach (var (suffix, factor) in units)
            if (value >= factor)
                return (Math.Floor(value / factor * 10) / 10).ToString("0.#", CultureInfo.InvariantCulture) + suffix;
        return value.ToString("0.#", CultureInfo.InvariantCulture) + smallest;
    }

    private static string Whole(double value) => Math.Floor(value).ToString("0", CultureInfo.InvariantCulture);
}
