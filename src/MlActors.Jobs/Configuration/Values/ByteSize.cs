using System.Globalization;

namespace MlActors.Jobs.Configuration.Values;

/// <summary>A size as the API writes it: a number and a unit (<c>b kb mb gb tb pb</c>, steps of 1024), or <c>0</c>.</summary>
/// <param name="Bytes">At least 0.</param>
public readonly record struct ByteSize(long Bytes)
{
    private const long KiB = 1024;

    private static readonly (string Suffix, long Factor)[] Suffixes =
    [
        ("pb", KiB * KiB * KiB * KiB * KiB), ("tb", KiB * KiB * KiB * KiB), ("gb", KiB * KiB * KiB), ("mb", KiB * KiB), ("kb", KiB),
        ("p", KiB * KiB * KiB * KiB * KiB), ("t", KiB * KiB * KiB * KiB), ("g", KiB * KiB * KiB), ("m", KiB * KiB), ("k", KiB), ("b", 1),
    ];

    private const string Fix = "write a number and one of the units b, kb, mb, gb, tb, pb, such as 512mb";

    /// <summary>Whole MiB, rounded down.</summary>
    public long Mebibytes => Bytes / (KiB * KiB);

    public static ByteSize OfMebibytes(long count) => new(count * KiB * KiB);

    /// <summary>In the largest unit that leaves a whole number: <c>1gb</c>, <c>1025mb</c>.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var (suffix, factor) = bytes == 0 ? ("b", 1) : Suffixes.First(pair => (pair.Suffix.Length == 2 || pair.Factor == 1) && bytes % pair.Factor == 0);
        return (bytes / factor).ToString(CultureInfo.InvariantCulture) + suffix;
    }

    /// <summary>Reads a size or throws.</summary>
    /// <param name="field">What it is the value of, for the message.</param>
    /// <exception cref="InvalidConfigException">It is none; names the field, the value and the fix.</exception>
    public static ByteSize Parse(string text, string field) =>
        TryParse(text, out var value, out var problem) ? value : throw new InvalidConfigException([new(field, problem)]);

    /// <summary>Reads a size; a fraction of a unit is taken to whole bytes, rounded down.</summary>
    /// <param name="problem">Names the value and the fix, when the answer is <c>false</c>.</param>
    public static bool TryParse(string text, out ByteSize value, out string problem)
    {
        value = default;
        problem = "";
        var trimmed = text.Trim();
        if (trimmed is "0") return true;
        var (suffix, factor) = Suffixes.FirstOrDefault(pair => trimmed.EndsWith(pair.Suffix, StringComparison.OrdinalIgnoreCase));
        const NumberStyles style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (suffix is null || !decimal.TryParse(trimmed[..^suffix.Length].TrimEnd(), style, CultureInfo.InvariantCulture, out var count))
            problem = $"[{text}] is not a size: {Fix}";
        else if (count < 0)
            problem = $"[{text}] is negative: a size is 0 or more";
        else if (count > (decimal)long.MaxValue / factor)
            problem = $"[{text}] is too large: the largest size is {long.MaxValue / Suffixes[0].Factor}pb";
        else
            value = new((long)decimal.Truncate(count * factor));
        return problem.Length == 0;
    }
}
