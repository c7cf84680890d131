namespace MlActors.Analysis.Modelling;

/// <summary>The scale on which values are compared: as they are, or by their natural logarithms where they differ by factors rather than amounts.</summary>
internal readonly record struct Coordinate(bool IsLogarithmic)
{
    public static readonly Coordinate Linear;
    public static readonly Coordinate Logarithmic = new(true);

    // What is not positive is below everything.
    private const double Least = 1e-300;

    public double Of(double value) => IsLogarithmic ? Math.Log(Math.Max(value, Least)) : value;

    public double ValueAt(double position) => IsLogarithmic ? Math.Exp(position) : position;
}
