namespace MlActors.Analysis.Modelling;

/// <summary>Constants of the normal distribution.</summary>
internal static class Gaussian
{
    /// <summary>Nineteen of twenty values lie within so many standard deviations of the mean.</summary>
    public const double Nineteen = 1.959964;

    /// <summary>The standard deviation in mean absolute errors, √(π/2).</summary>
    public const double DeviationOfMeanError = 1.2533141;
}
