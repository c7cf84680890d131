using System.Collections.Immutable;
using MlActors.Analysis;
using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Results;

/// <summary>That changes of the models are noted as annotations, and what the series are called.</summary>
/// <param name="Detectors">By position.</param>
public sealed record ChangeNotes(ImmutableArray<DetectorSettings> Detectors)
{
    /// <summary>Whether a job wants annotations, of whatever kind.</summary>
    public static bool AreWanted(JobConfig config) => config.ModelPlotConfig is not { AnnotationsEnabled: false };

    /// <summary><c>null</c> when the job does not want any.</summary>
    public static ChangeNotes? Of(JobConfig config) => AreWanted(config) ? new ChangeNotes(config.ToSettings().Detectors) : null;
}
