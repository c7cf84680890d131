using System.Collections.Frozen;
using System.Collections.Immutable;
using MlActors.Analysis;
using MlActors.Analysis.Results;
using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Results;

/// <summary>Which values of a bucket are stored for plotting, and what they are called.</summary>
/// <param name="Detectors">By position.</param>
/// <param name="Terms">Partition, by or over values of the series wanted; empty for all.</param>
public sealed record ModelPlot(ImmutableArray<DetectorSettings> Detectors, FrozenSet<string> Terms)
{
    /// <summary><c>null</c> when the job does not want any.</summary>
    public static ModelPlot? Of(JobConfig config) => config.ModelPlotConfig is { Enabled: true } plot
        ? new ModelPlot(
            config.ToSettings().Detectors,
            (plot.Terms ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal))
        : null;

    /// <summary>Places are not plotted: a latitude alone would be misleading.</summary>
    public bool Includes(in SeriesValue value) =>
        double.IsNaN(value.ActualLongitude) &&
        (Terms.Count == 0 || Terms.Contains(value.Partition) || Terms.Contains(value.By) || Terms.Contains(value.Over));
}
