using System.Globalization;
using System.Text;

namespace MlActors.Analysis.Geography;

/// <summary>A place on the earth, to 1e-7 of a degree (about a centimetre).</summary>
/// <param name="LatitudeE7">In units of 1e-7 degrees, north positive.</param>
/// <param name="LongitudeE7">In units of 1e-7 degrees, east positive.</param>
public readonly record struct GeoPoint(int LatitudeE7, int LongitudeE7)
{
    private const double Units = 1e7;
    private const int LongestText = 120;

    /// <summary>Degrees, −90 to 90.</summary>
    public double Latitude => LatitudeE7 / Units;

    /// <summary>Degrees, −180 to 180.</summary>
    public double Longitude => LongitudeE7 / Units;

    /// <summary>Tells the points apart.</summary>
    internal ulong Key => ((ulong)(uint)LatitudeE7 << 32) | (uint)LongitudeE7;

    internal static GeoPoint OfKey(ulong key) => new((int)(uint)(key >> 32), (int)(uint)key);

    /// <param name="latitude">Degrees, −90 to 90.</param>
    /// <param name="longitude">Degrees, −180 to 180.</param>
    public static GeoPoint Of(double latitude, double longitude) => new((int)Math.Round(latitude * Units), (int)Math.Round(longitude * Units));

    /// <summary>Reads <c>latitude,longitude</c> in degrees, or <c>POINT (longitude latitude)</c> as in well-known text (OGC 06-103r4).</summary>
    /// <returns>False for anything else, and for what is not on the earth.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out GeoPoint point)
    {
        point = default;
        text = text.Trim();
        if (text.StartsWith("POINT", StringComparison.OrdinalIgnoreCase)) return TryParseWellKnown(text["POINT".Length..].Trim(), out point);
        var comma = text.IndexOf(',');
        return comma > 0 && TryParse(text[..comma], text[(comma + 1)..], out point);
    }

    /// <summary>The same of a text in UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out GeoPoint point)
    {
        Span<char> text = stackalloc char[LongestText];
        point = default;
        return utf8.Length <= LongestText && TryParse(text[..Encoding.UTF8.GetChars(utf8, text)], out point);
    }

    /// <summary>As it is read: <c>latitude,longitude</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Latitude},{Longitude}");

    private static bool TryParseWellKnown(ReadOnlySpan<char> text, out GeoPoint point)
    {
        point = default;
        if (text is not ['(', .., ')']) return false;
        text = text[1..^1].Trim();
        var gap = text.IndexOf(' ');
        return gap > 0 && TryParse(text[(gap + 1)..], text[..gap], out point);
    }

    private static bool TryParse(ReadOnlySpan<char> latitude, ReadOnlySpan<char> longitude, out GeoPoint point)
    {
        point = default;
        if (!double.TryParse(latitude, NumberStyles.Float, CultureInfo.InvariantCulture, out var north) || !(Math.Abs(north) <= 90)) return false;
        if (!double.TryParse(longitude, NumberStyles.Float, CultureInfo.InvariantCulture, out var east) || !(Math.Abs(east) <= 180)) return false;
        point = Of(north, east);
        return true;
    }
}
