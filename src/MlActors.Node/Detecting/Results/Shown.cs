using System.Globalization;

namespace MlActors.Node.Detecting;

/// <summary>Numbers and times as people read them.</summary>
internal static class Shown
{
    private const int Digits = 5;

    public static string Number(double number)
    {
        if (number == 0 || !double.IsFinite(number)) return number == 0 ? "0" : "";
        var magnitude = (int)Math.Floor(Math.Log10(Math.Abs(number)));
        if (magnitude is < -Digits or > 14) return number.ToString("0.####E+0", CultureInfo.InvariantCulture);
        var decimals = Math.Clamp(Digits - 1 - magnitude, 0, 15);
        return Math.Round(number, decimals).ToString("#,0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }

    /// <summary>A number, or a place to a hundredth of a kilometre.</summary>
    /// <param name="longitude">NaN when it is a number.</param>
    public static string Value(double number, double longitude) =>
        double.IsNaN(longitude) ? Number(number) : string.Create(CultureInfo.InvariantCulture, $"{Math.Round(number, 4)},{Math.Round(longitude, 4)}");

    /// <param name="seconds">Epoch seconds; UTC.</param>
    public static string Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>For times that are whole minutes.</summary>
    public static string Minute(long seconds) => Time(seconds)[..^3];

    public static string Score(double score) => score.ToString("0.0", CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
