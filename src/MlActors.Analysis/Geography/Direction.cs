using System.Runtime.InteropServices;

namespace MlActors.Analysis.Geography;

/// <summary>A place as seen from the centre of the earth, a vector of length 1: means of it have no seam at the date line and the poles.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Direction(double X, double Y, double Z)
{
    /// <summary>Mean radius of the earth (IUGG), kilometres.</summary>
    private const double EarthRadius = 6371.0088;

    private const double Degree = Math.PI / 180;

    public static Direction Of(GeoPoint point)
    {
        var (sin, cos) = Math.SinCos(point.Latitude * Degree);
        var (east, north) = Math.SinCos(point.Longitude * Degree);
        return new Direction(cos * north, cos * east, sin);
    }

    /// <summary>The place, to the nearest 1e-6 of a degree: where means lie is not known any better.</summary>
    public GeoPoint Point => GeoPoint.Of(
        Math.Round(Math.Atan2(Z, Math.Sqrt((X * X) + (Y * Y))) / Degree, 6),
        Math.Round(Math.Atan2(Y, X) / Degree, 6));

    /// <summary>The square of the straight distance, 0 to 4: grows with the distance, and costs less.</summary>
    public double Chord2(in Direction other)
    {
        var (x, y, z) = (X - other.X, Y - other.Y, Z - other.Z);
        return (x * x) + (y * y) + (z * z);
    }

    /// <summary>The great-circle distance in kilometres; by the chord, which is exact for small ones.</summary>
    public double Kilometres(in Direction other) => 2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(Chord2(other)) / 2));

    /// <summary>The place a share of the way from here to another; this one where there is no such place.</summary>
    public Direction Towards(in Direction other, double share)
    {
        var (x, y, z) = (X + (share * (other.X - X)), Y + (share * (other.Y - Y)), Z + (share * (other.Z - Z)));
        var length = Math.Sqrt((x * x) + (y * y) + (z * z));
        return length < 1e-9 ? this : new Direction(x / length, y / length, z / length);
    }
}
