using System.Collections.Immutable;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Tests.Support;

public static class Settings
{
    public static AnalysisSettings Of(long span, params DetectorSettings[] detectors) => new() { BucketSpan = span, Detectors = [.. detectors] };

    public static DetectorSettings Detector(string function, string? field = null, string? by = null, string? partition = null, int index = 0, bool useNull = false, string? over = null) =>
        new(index, DetectorFunction.Find(function)!, field, by, over, partition, useNull);

    public static AnalysisSettings WithInfluencers(this AnalysisSettings settings, params string[] names) => settings with { Influencers = [.. names] };
}
