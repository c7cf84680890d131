using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>Which way of judging a detector has.</summary>
internal static class Judges
{
    public static DetectorJudge Create(int detector, DetectorSettings settings, AnalysisSettings job, MemoryBudget memory)
    {
        var judge = new SeriesJudge(detector, settings, new ModelShape(job.BucketSpan, settings.Function.Aggregate, alone: !settings.IsSplit), memory);
        judge.Table = new SeriesTable(settings, judge, memory);
        return judge;
    }
}
