using System.Globalization;

namespace MlActors.Ingest;

/// <summary>A decimal number as it was written: ± mantissa · 10^scale.</summary>
/// <param name="Whole">Whether the mantissa holds all digits; otherwise it is meaningless.</param>
internal readonly record struct NumberParts(ulong Mantissa, int Scale, bool Negative, bool Whole)
{
    /// <summary>As many digits as always fit.</summary>
    public const int MaxDigits = 19;

    private const ulong MaxExactInteger = 1UL << 53;

    // Powers of ten that a double holds exactly.
    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The nearest double. When both mantissa and power are exact, one IEEE operation rounds correctly; all else goes the long way.</summary>
    /// <param name="text">The number as written.</param>
    public double ToDouble(ReadOnlySpan<byte> text)
    {
        if (!Whole || Mantissa > MaxExactInteger) return Parse(text);
        double value = Mantissa;
        if (Scale != 0)
        {
            var powers = PowersOfTen;
            if (Scale < 0)
            {
                if (-Scale >= powers.Length) return Parse(text);
                value /= powers[-Scale];
            }
            else
            {
                if (Scale >= powers.Length) return Parse(text);
                value *= powers[Scale];
            }
        }
        return Negative ? -value : value;
    }

    /// <summary>A number from text that need not be JSON; NaN when it is none, infinite when it is too large.</summary>
    public static double Parse(ReadOnlySpan<byte> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}
