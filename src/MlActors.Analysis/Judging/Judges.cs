using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>Which way of judging a detector has.</summary>
internal static class Judges
{
    public static DetectorJudge Create(int detector, DetectorSettings settings, AnalysisSettings job, MemoryBudget memory)
    {
        var aggregate = settings.Function.Aggregate;
        DetectorJudge judge = aggregate switch
        {
            Aggregate.Rare => new RareJudge(detector, settings, memory),
            Aggregate.Metric => new MetricJudge(detector, settings, Shape(), memory),
            _ => new SeriesJudge(detector, settings, Shape(), memory),
        };
        judge.Table = new SeriesTable(settings, judge, memory);
        return judge;

        ModelShape Shape() => new(job.BucketSpan, aggregate, alone: !settings.IsSplit);
    }
}
