using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MlActors.Jobs.Configuration.Values;

/// <summary>
/// A date pattern in the letters of Java's <c>DateTimeFormatter</c>, compiled once into a parser that reads UTF-8 without allocating.
/// Immutable and thread-safe. A time without a zone is UTC. Names of months and days are English, in any case.
/// </summary>
/// <remarks>
/// Letters: <c>y u M L d D E a H h K k m s S A n N X x Z O z V</c>, text in single quotes, optional parts in brackets.
/// Stricter than Java in one point: a day that its month does not have (30 February) is no date, where Java would take the month's last day.
/// </remarks>
public sealed partial class JavaDatePattern
{
    /// <summary>Longest pattern taken; a real one has some 30 characters.</summary>
    public const int MaxLength = 256;

    private readonly Step[] _steps;

    private JavaDatePattern(string pattern, Step[] steps) => (Pattern, _steps) = (pattern, steps);

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>Compiles a pattern that gives a full point in time: year, month and day (or day of the year), and at least the hour.</summary>
    /// <param name="problem">What is wrong with the pattern and what would be right, when the answer is <c>false</c>.</param>
    public static bool TryCompile(string pattern, [NotNullWhen(true)] out JavaDatePattern? compiled, out string problem)
    {
        var compiler = new Compiler(pattern);
        compiled = compiler.Run() is { } steps ? new JavaDatePattern(pattern, steps) : null;
        problem = compiler.Problem ?? "";
        return compiled is not null;
    }

    /// <summary>Reads a whole text, without blanks around it.</summary>
    /// <param name="epochMs">Milliseconds since 1970, rounded down; 0 when the answer is <c>false</c>.</param>
    public bool TryParse(ReadOnlySpan<byte> utf8, out long epochMs)
    {
        var reader = new Reader(utf8);
        if (reader.Read(_steps, 0, _steps.Length) && reader.AtEnd) return reader.TryResolve(out epochMs);
        epochMs = 0;
        return false;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out long)"/>
    public bool TryParse(string text, out long epochMs) => TryParse(Encoding.UTF8.GetBytes(text), out epochMs);

    private enum StepKind : byte { Literal, Number, TwoDigitYear, Fraction, MonthName, DayName, HalfDay, Offset, LocalOffset, Zone, Optional }

    private enum Field : byte
    {
        Year, Month, Day, DayOfYear, DayOfWeek, HalfDay, Hour, ClockHour, HalfDayHour, HalfDayClockHour, Minute, Second, Nano, MilliOfDay, NanoOfDay,
        OffsetSeconds, Count,
    }

    /// <summary>One element of a compiled pattern.</summary>
    private readonly record struct Step(StepKind Kind)
    {
        public Field Field { get; init; }

        /// <summary>Digits of a number, both inclusive; for a name: 3 letters short, 4 letters full; for an offset see <see cref="OffsetForm"/>.</summary>
        public int Min { get; init; }
        public int Max { get; init; }

        /// <summary>Digits right behind that belong to the numbers of fixed width that follow (<c>dMMyyyy</c>).</summary>
        public int Reserved { get; init; }
        public OffsetForm Offset { get; init; }
        public byte[]? Literal { get; init; }

        /// <summary>How many steps an optional part has; they follow it.</summary>
        public int Length { get; init; }
    }

    /// <summary>What an offset looks like. Minutes and seconds: 0 absent, 1 optional, 2 required.</summary>
    private readonly record struct OffsetForm(bool AllowZ, bool Colon, int Minutes, int Seconds);
}
