using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>Which way of judging a detector has.</summary>
internal static class Judges
{
    public static DetectorJudge Create(int detector, DetectorSettings settings, AnalysisSettings job, MemoryBudget memory)
    {
        DetectorJudge judge = settings.Function.Aggregate == Aggregate.Rare
            ? new RareJudge(detector, settings, memory)
            : new SeriesJudge(detector, settings, new ModelShape(job.BucketSpan, settings.Function.Aggregate, alone: !settings.IsSplit), memory);
        judge.Table = new SeriesTable(settings, judge, memory);
        return judge;
    }
}
