using System.Runtime.InteropServices;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Scoring;

/// <summary>A value of a series improbable enough to become a record.</summary>
/// <param name="Detector">Position of the detector in the settings.</param>
/// <param name="Series">Index in the detector's table.</param>
/// <param name="Accumulator">Index in the detector's bucket, −1 for an empty bucket.</param>
/// <param name="LogProbability">log10.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Unusual(int Detector, int Series, int Accumulator, double Value, Expectation Expected, double LogProbability);
